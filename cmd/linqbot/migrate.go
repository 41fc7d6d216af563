package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/ledger/database"
)

func newMigrate() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the ledger's schema up to date, and stop",
		Long: `Bring the schema of the database that DATABASE_URL names up to date, and stop.

"linqbot serve" does the same when it starts, so this is for those who want it done before, or with
another role than the one that serves. On PostgreSQL one replica does it at a time; the ones that
serve may go on.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.LoadOnly(os.Getenv, "DATABASE_URL")
			if err != nil {
				return err
			}
			made, err := database.MakeFolder(cfg.DatabaseURL)
			if err != nil {
				return err
			}
			if made != "" {
				fmt.Fprintf(cmd.ErrOrStderr(), "the folder %s was not there, and was made\n", made)
			}
			version, err := database.Migrate(cmd.Context(), cfg.DatabaseURL)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "the ledger's schema is at version %d\n", version)
			return err
		},
	}
}
