package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"linqbot/ledger"
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
			cfg, err := loadLedgerSettings(os.Getenv)
			if err != nil {
				return err
			}
			version, err := ledger.Migrate(cmd.Context(), cfg.databaseURL)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "the ledger's schema is at version %d\n", version)
			return err
		},
	}
}

// loadLedgerSettings reads what opening the ledger takes, and nothing else.
func loadLedgerSettings(lookup func(string) string) (settings, error) {
	return judged(readVariables(lookup, slices.DeleteFunc(variables(), func(v variable) bool {
		return v.name != "DATABASE_URL"
	})))
}
