package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"linqbot/bot"
	"linqbot/commands"
	"linqbot/ledger"
	"linqbot/linq"
)

func newServe() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve Slack, until SIGTERM",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadSettings(os.Getenv)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), cfg, newLogger(cfg, cmd.ErrOrStderr()))
		},
	}
}

func newLogger(cfg settings, w io.Writer) *logrus.Logger {
	logger := logrus.New()
	logger.SetOutput(w)
	logger.SetLevel(cfg.logLevel)
	logger.SetFormatter(&logrus.JSONFormatter{TimestampFormat: time.RFC3339Nano})
	if cfg.logText {
		logger.SetFormatter(&logrus.TextFormatter{FullTimestamp: true})
	}
	return logger
}

// serve runs until ctx ends, then drains.
func serve(ctx context.Context, cfg settings, logger *logrus.Logger) (err error) {
	records, err := ledger.Open(ctx, ledger.Config{URL: cfg.databaseURL, Logger: logger})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	app, err := assemble(ctx, cfg, records, logger)
	if err != nil {
		return err
	}
	go app.teams.Learn(ctx)
	if err := records.Start(ctx, app.workers); err != nil {
		return err
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", cfg.listenAddr)
	if err != nil {
		return errors.Join(fmt.Errorf("LISTEN_ADDR: %w", err), drain(app, records, nil))
	}
	server := bot.NewServer(cfg.listenAddr, app.bot.Handler())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	logger.WithFields(logrus.Fields{"addr": listener.Addr().String(), "version": version}).Info("linqbot serves")
	select {
	case <-ctx.Done():
		logger.Info("draining")
	case err = <-failed:
	}
	return errors.Join(err, drain(app, records, server))
}

const (
	drainWork   = 8 * time.Second        // for what runs, a DELETE above all
	drainServer = 800 * time.Millisecond // for requests that are being answered
)

// drain says that no more work is taken, waits for what runs, and closes the listener last: what
// arrives until then is recorded, and done by the next process.
func drain(app *app, records *ledger.Ledger, server *http.Server) error {
	app.bot.Drain()
	working, cancel := context.WithTimeout(context.Background(), drainWork)
	defer cancel()
	err := records.Stop(working)
	if server == nil {
		return err
	}
	answering, cancel := context.WithTimeout(context.Background(), drainServer)
	defer cancel()
	if shut := server.Shutdown(answering); shut != nil {
		err = errors.Join(err, server.Close())
	}
	return err
}

// app is the program put together.
type app struct {
	bot     *bot.Bot
	teams   *bot.Teams
	workers ledger.Workers
}

func assemble(ctx context.Context, cfg settings, records *ledger.Ledger, logger *logrus.Logger) (*app, error) {
	chats, err := linq.New(linq.Config{BaseURL: cfg.linqURL, APIKey: cfg.linqKey, UserAgent: "linqbot/" + version})
	if err != nil {
		return nil, err
	}
	api := bot.NewSlack(cfg.slackToken, cfg.slackURL)
	teams, err := bot.NewTeams(ctx, bot.TeamsConfig{IDs: cfg.teams, Slack: api, Settings: records, Logger: logger})
	if err != nil {
		return nil, err
	}
	policy := cfg.policy
	policy.Members = commands.NewGroupCache(commands.GroupCacheConfig{Directory: bot.Groups{Slack: api}})
	remove := commands.NewRemove(commands.RemoveConfig{Policy: policy, Recorder: records, Region: cfg.region, Logger: logger})
	steps := commands.NewSteps(commands.StepsConfig{Chats: chats, Records: records, Logger: logger})
	show := bot.NewShow(bot.ShowConfig{
		Views: records, Slack: api, HTTP: bot.NewHTTPClient(), Teams: teams, Logger: logger,
		Explainer: commands.Explainer{FullHandles: cfg.fullHandles},
	})
	return &app{
		teams:   teams,
		workers: ledger.Workers{Remove: steps.Remove, Confirm: steps.Confirm, Show: show.Run},
		bot: bot.New(bot.Config{
			SigningSecrets: cfg.signingSecrets,
			Commands:       map[string]bot.Command{bot.RemoveCommand: remove},
			Teams:          teams,
			Ready:          records.Ready,
			Logger:         logger,
		}),
	}, nil
}
