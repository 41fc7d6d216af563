package main

import (
	"os"

	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/pause"
)

func newPause() *cobra.Command {
	var reason, name string
	cmd := &cobra.Command{
		Use:   "pause --reason TEXT",
		Short: "Pause all removals, in every process that serves",
		Long: `Pause all removals within a second, in every process that serves from the ledger that DATABASE_URL names.

What is asked for meanwhile is recorded and kept, and everybody who asks is told who paused removals and
why. What Linq has been sent goes on, and so does adding people back. "linqbot resume" lets removals go on.
It works while linqbot serves, on SQLite too.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.LoadOnly(os.Getenv, "DATABASE_URL")
			if err != nil {
				return err
			}
			return pause.Pause(cmd.Context(), cfg.DatabaseURL, reason, name, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for those who ask for a removal meanwhile")
	nameFlag(cmd, &name)
	return cmd
}

func newResume() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Let removals go on that were paused",
		Long: `Let removals go on that "linqbot pause", or somebody in the Home tab, has paused. What was asked for meanwhile
goes on by itself. It works while linqbot serves, on SQLite too.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.LoadOnly(os.Getenv, "DATABASE_URL")
			if err != nil {
				return err
			}
			return pause.Resume(cmd.Context(), cfg.DatabaseURL, name, cmd.OutOrStdout())
		},
	}
	nameFlag(cmd, &name)
	return cmd
}

func nameFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "as", "", "your name, for the record (default: that of your account here)")
}
