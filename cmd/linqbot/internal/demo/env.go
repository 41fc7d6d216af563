package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"linqbot/bot"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

const (
	effectTime = 700 * time.Millisecond  // between Linq's «queued» and the effect
	hangTime   = 1500 * time.Millisecond // how long Linq keeps the bot waiting before it is killed
)

// env is everything the demo runs.
type env struct {
	dir       string
	slack     *slacktest.Slack
	stopSlack func()
	linq      *linqtest.Linq
	chatID    string
	botAddr   string
	botURL    string
	bot       *process
}

func newEnv(ctx context.Context) (_ *env, err error) {
	s := &env{slack: newSlack(), linq: newLinq()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	s.chatID = s.linq.AddChat(newChat())
	if s.dir, err = os.MkdirTemp("", "linqbot-demo-"); err != nil {
		return nil, err
	}
	if s.stopSlack, err = s.slack.Serve(); err != nil {
		return nil, err
	}
	if err := s.linq.Serve(); err != nil {
		return nil, err
	}
	if s.botAddr, err = freeAddr(ctx); err != nil {
		return nil, err
	}
	s.botURL = "http://" + s.botAddr
	if err := s.startBot(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// freeAddr returns an address that is free now, and stays so but for bad luck.
func freeAddr(ctx context.Context) (string, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func (s *env) close() error {
	var errs []error
	if s.bot != nil {
		errs = append(errs, s.bot.kill())
	}
	if s.stopSlack != nil {
		s.stopSlack()
	}
	s.linq.Close()
	if s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
}

// process is a running linqbot serve.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// startBot starts linqbot serve as a process of its own, and waits until it is ready and has listed the chats: its
// answers name them then.
func (s *env) startBot(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	logs, err := os.OpenFile(filepath.Join(s.dir, "linqbot.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer logs.Close()                    //nolint:errcheck // the child holds its own
	cmd := exec.Command(program, "serve") //nolint:gosec,noctx // itself; it is ended by name, not by a context
	cmd.Stdout, cmd.Stderr = logs, logs
	cmd.Env = []string{
		"SLACK_SIGNING_SECRET=" + signingSecret,
		"SLACK_BOT_TOKEN=" + botToken,
		"SLACK_API_URL=" + s.slack.APIURL(),
		"LINQ_API_V3_API_KEY=" + linqKey,
		"LINQ_API_V3_BASE_URL=" + s.linq.BaseURL(),
		"LISTEN_ADDR=" + s.botAddr,
		"ADMIN_ADDR=off", // its default may be taken
		"DATABASE_URL=sqlite://" + filepath.Join(s.dir, "ledger.db"),
		"ALLOWED_USERS=" + User,
	}
	listed := s.listings()
	if err := cmd.Start(); err != nil {
		return err
	}
	s.bot = &process{cmd: cmd, done: make(chan struct{})}
	go func(p *process) {
		_ = p.cmd.Wait() // it is killed
		close(p.done)
	}(s.bot)
	if err := s.awaitReady(ctx); err != nil {
		said, _ := os.ReadFile(logs.Name())
		return fmt.Errorf("the bot does not get ready: %w\n%s", err, said)
	}
	return poll(ctx, func() bool { return s.listings() > listed })
}

// listings counts how often Linq has listed the chats.
func (s *env) listings() int {
	n := 0
	for _, call := range s.linq.Calls() {
		if call.Op == linqtest.ListChats && call.Status == http.StatusOK {
			n++
		}
	}
	return n
}

func (s *env) awaitReady(ctx context.Context) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := slackapi.NewHTTPClient()
	return poll(ctx, func() bool {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.botURL+bot.ReadyPath, nil)
		if err != nil {
			return false
		}
		response, err := client.Do(request)
		if err != nil {
			return false
		}
		_ = response.Body.Close() // it has no body of interest
		return response.StatusCode == http.StatusOK
	})
}

// kill ends the process as a crash would.
func (p *process) kill() error {
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.done
	return nil
}

// awaitScreen waits until a channel shows a sign, and each of its threads is complete.
func (s *env) awaitScreen(ctx context.Context, channelID, sign string) error {
	return s.slack.Await(ctx, func(*slacktest.Slack) bool {
		return strings.Contains(s.slack.Screen(channelID, User), sign) && s.threadsAreComplete(channelID)
	})
}

// threadsAreComplete reports whether each thread of the bot's has a reply, and says how it ended.
func (s *env) threadsAreComplete(channelID string) bool {
	for _, m := range s.slack.Messages(channelID) {
		opens := m.ThreadTS == "" && m.Author == s.slack.Config().BotUserID
		if opens && (len(s.slack.Thread(channelID, m.TS)) == 1 || strings.HasPrefix(m.Rendered, "⏳")) {
			return false
		}
	}
	return true
}

func (s *env) awaitDelete(ctx context.Context, handle string) error {
	return poll(ctx, func() bool { return s.linq.Deletes(s.chatID, handle) > 0 })
}

func poll(ctx context.Context, done func() bool) error {
	const every = 5 * time.Millisecond
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
