package stage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"

	"linqbot/bot"
	"linqbot/bot/slackapi"
	"linqbot/linq/linqtest"
)

// State is what the bot's process does.
type State string

// The values of a [State].
const (
	Stopped State = "stopped"
	Running State = "running"
	Frozen  State = "frozen"
)

// Bot is linqbot serve as a process of its own. It can be started again after it ended.
type Bot struct {
	program, url, logs string
	vars               map[string]string
	linq               *linqtest.Linq

	mu      sync.Mutex
	cmd     *exec.Cmd
	done    chan struct{} // closed when the process has ended
	frozen  bool
	changed chan struct{} // closed and replaced at every change
}

// URL returns where the bot listens, without a final slash.
func (b *Bot) URL() string { return b.url }

// Log returns what the bot has logged so far.
func (b *Bot) Log() string {
	said, _ := os.ReadFile(b.logs) // nothing, if it is not there yet
	return string(said)
}

// Set gives a variable another value from the next start on.
func (b *Bot) Set(name, value string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.vars[name] = value
}

// State returns what the process does now.
func (b *Bot) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.cmd == nil:
		return Stopped
	case b.frozen:
		return Frozen
	}
	return Running
}

// Changed returns a channel that is closed at the next change of the state.
func (b *Bot) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

// Start starts the bot, and waits until it is ready and has listed the chats: its answers name them then. It does
// nothing while the bot runs.
func (b *Bot) Start(ctx context.Context) error {
	if b.State() != Stopped {
		return nil
	}
	listed := b.listings()
	if err := b.launch(); err != nil {
		return err
	}
	if err := b.awaitReady(ctx); err != nil {
		return fmt.Errorf("the bot does not get ready: %w\n%s", err, b.Log())
	}
	if b.linq == nil {
		return nil
	}
	const patience = 3 * time.Second // Linq may be told to fail, and the bot serves all the same
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = Poll(ctx, func() bool { return b.listings() > listed })
	return nil
}

func (b *Bot) launch() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	logs, err := os.OpenFile(b.logs, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer logs.Close()                      //nolint:errcheck // the child holds its own
	cmd := exec.Command(b.program, "serve") //nolint:gosec,noctx // itself; it is ended by name, not by a context
	cmd.Stdout, cmd.Stderr = logs, logs
	for name, value := range b.vars {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	slices.Sort(cmd.Env)
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	b.cmd, b.done, b.frozen = cmd, done, false
	b.wake()
	go func() {
		_ = cmd.Wait() // it is killed
		b.mu.Lock()
		defer b.mu.Unlock()
		b.cmd, b.frozen = nil, false
		b.wake()
		close(done)
	}()
	return nil
}

// wake tells who waits for a change. The lock must be held.
func (b *Bot) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// listings counts how often Linq has listed the chats.
func (b *Bot) listings() int {
	n := 0
	if b.linq == nil {
		return n
	}
	for _, call := range b.linq.Calls() {
		if call.Op == linqtest.ListChats && call.Status == http.StatusOK {
			n++
		}
	}
	return n
}

func (b *Bot) awaitReady(ctx context.Context) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := slackapi.NewHTTPClient()
	return Poll(ctx, func() bool {
		if b.State() == Stopped {
			cancel() // it ended by itself
			return false
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+bot.ReadyPath, nil)
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

// Kill ends the process as a crash would.
func (b *Bot) Kill() error {
	b.mu.Lock()
	cmd, done := b.cmd, b.done
	b.mu.Unlock()
	if cmd == nil {
		return nil
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-done
	return nil
}

// Freeze stops the process where it is, until [Bot.Thaw].
func (b *Bot) Freeze() error { return b.signal(syscall.SIGSTOP, true) }

// Thaw lets it go on.
func (b *Bot) Thaw() error { return b.signal(syscall.SIGCONT, false) }

func (b *Bot) signal(sig syscall.Signal, frozen bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd == nil {
		return nil
	}
	if err := b.cmd.Process.Signal(sig); err != nil {
		return err
	}
	b.frozen = frozen
	b.wake()
	return nil
}
