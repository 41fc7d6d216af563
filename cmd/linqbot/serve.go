package main

import (
	"context"
	"log"
	"os"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/app"
	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/doctor"
	"linqbot/cmd/linqbot/internal/logging"
	"linqbot/cmd/linqbot/internal/viewer"
	"linqbot/ledger"
)

func newServe() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve Slack, until SIGTERM",
		Long: `Serve Slack, until SIGTERM. SIGHUP reads the files again that NAME_FILE variables name: secrets and the
policy are then changed without a restart, and nothing under way is lost.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(os.Getenv)
			if err != nil {
				return err
			}
			logger := logging.New(cfg, cmd.ErrOrStderr())
			// What net/http logs may quote a peer. The flags go since the logger adds the time.
			log.SetFlags(0)                                     //nolint:forbidigo // net/http is handed no logger for its connections
			log.SetOutput(logger.WriterLevel(logrus.WarnLevel)) //nolint:forbidigo // as above
			return cfg.Secrets().Error(app.Serve(cmd.Context(), cfg, thisBuild(), checkServing, logger))
		},
	}
}

// checkServing is what doctor finds out about a linqbot that serves, by the environment in which it was started.
func checkServing(ctx context.Context, in *ledger.Reader) []viewer.Finding {
	report := doctor.Run(ctx, doctor.Config{Lookup: os.Getenv, Environ: os.Environ(), Build: thisBuild(), Serving: in})
	var found []viewer.Finding
	for _, line := range report.Lines() {
		found = append(found, viewer.Finding{About: line.Check, Status: viewer.Status(line.Status), Says: line.Found, Fix: line.Fix})
	}
	return found
}
