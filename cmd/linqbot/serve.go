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
	"linqbot/ledger"
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
	app.bot.Wait(working)
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
