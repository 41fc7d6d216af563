// Package stage runs the real bot as a process of its own between an in-memory Slack and an in-memory Linq, all on
// loopback, with a ledger that is thrown away, in an SQLite file or in PostgreSQL. Slack or Linq can be left out, for
// the real one. It knows how the bot is started, killed, frozen and thawed, and nothing of what is played. Begin with
// [Open].
package stage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/internal/webhook"
	"linqbot/linq/linqtest"
)

// Config is what is put on a stage. Slack and Linq are served from [Open] on.
type Config struct {
	Slack   *slacktest.Slack  // nil where Vars name the real one
	Linq    *linqtest.Linq    // nil where Vars name the real one
	Vars    map[string]string // the bot's variables beside those that follow from the rest; they win
	Program string            // default: this program

	Webhooks bool   // the in-memory Linq tells the bot by webhook who came and left
	Postgres string // the URL of a PostgreSQL database, on whose server the ledger has one of its own; "" for an SQLite file
}

// Stage is a bot with what it talks to.
type Stage struct {
	Slack *slacktest.Slack
	Linq  *linqtest.Linq
	Bot   *Bot
	Relay *Relay // to PostgreSQL; nil where the ledger is an SQLite file

	dir       string
	database  *scratch // nil where the ledger is an SQLite file
	stopSlack func()
}

// Open serves Slack and Linq and starts the bot, and waits until it is ready. Close it at the end.
func Open(ctx context.Context, c Config) (_ *Stage, err error) {
	s := &Stage{Slack: c.Slack, Linq: c.Linq}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.dir, err = os.MkdirTemp("", "linqbot-demo-"); err != nil {
		return nil, err
	}
	vars := map[string]string{
		"ADMIN_ADDR":   "off", // its default may be taken
		"DATABASE_URL": s.DatabaseURL(),
	}
	if c.Postgres != "" {
		if s.database, err = newScratch(ctx, c.Postgres); err != nil {
			return nil, err
		}
		if s.Relay, vars["DATABASE_URL"], err = s.database.through(ctx); err != nil {
			return nil, err
		}
	}
	if s.Slack != nil {
		if s.stopSlack, err = s.Slack.Serve(); err != nil {
			return nil, err
		}
		vars["SLACK_SIGNING_SECRET"], vars["SLACK_BOT_TOKEN"] = s.Slack.Config().SigningSecret, s.Slack.Config().BotToken
		vars["SLACK_API_URL"] = s.Slack.APIURL()
	}
	if s.Linq != nil {
		if err := s.Linq.Serve(); err != nil {
			return nil, err
		}
		vars["LINQ_API_V3_API_KEY"], vars["LINQ_API_V3_BASE_URL"] = s.Linq.APIKey(), s.Linq.BaseURL()
	}
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	vars["LISTEN_ADDR"] = addr
	maps.Copy(vars, c.Vars)
	program := c.Program
	if program == "" {
		if program, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	s.Bot = &Bot{
		program: program, vars: vars, url: "http://" + addr, logs: filepath.Join(s.dir, "linqbot.log"),
		linq: s.Linq, changed: make(chan struct{}),
	}
	if s.Linq != nil && c.Webhooks {
		target, err := webhook.PinnedURL(s.Bot.url) // as linqbot subscribes
		if err != nil {
			return nil, err
		}
		made := s.Linq.AddSubscription(linqtest.Subscription{TargetURL: target, Events: webhook.OurEvents()})
		vars["LINQ_WEBHOOK_SECRET"] = made.Secret
	}
	return s, s.Bot.Start(ctx)
}

// DatabaseURL names the ledger. In PostgreSQL it leads past the relay.
func (s *Stage) DatabaseURL() string {
	if s.database != nil {
		return s.database.url
	}
	return "sqlite://" + filepath.Join(s.dir, "ledger.db")
}

// Close kills the bot, ends Slack and Linq, and removes the ledger.
func (s *Stage) Close() error {
	var errs []error
	if s.Bot != nil {
		errs = append(errs, s.Bot.Kill())
	}
	if s.stopSlack != nil {
		s.stopSlack()
	}
	if s.Linq != nil {
		s.Linq.Close()
	}
	if s.Relay != nil {
		errs = append(errs, s.Relay.Close())
	}
	if s.database != nil {
		errs = append(errs, s.database.drop())
	}
	if s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
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

// Poll looks until something is done.
func Poll(ctx context.Context, done func() bool) error {
	const every = 5 * time.Millisecond
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("what was awaited did not come: %w", ctx.Err())
		}
	}
	return nil
}
