package main

import (
	"log"
	"os"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/app"
	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/logging"
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
			return cfg.Secrets().Error(app.Serve(cmd.Context(), cfg, thisBuild(), logger))
		},
	}
}
