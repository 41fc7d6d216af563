package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"linqbot/bot"
	"linqbot/cmd/linqbot/internal/address"
	"linqbot/cmd/linqbot/internal/doctor"
)

func newDoctor() *cobra.Command {
	var at string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check the configuration, Slack, Linq and the ledger, and say how to put right what is wrong",
		Long: `Check everything that linqbot needs: one line a check, with what was found and, where something is
wrong, what to do. It reads the same environment as "linqbot serve", changes nothing, and works beside
a linqbot that serves. It exits with 1 if a check failed; warnings are not failures.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg := doctor.Config{Lookup: os.Getenv, Environ: os.Environ(), Build: thisBuild()}
			if cmd.Flags().Changed("url") {
				base, err := address.PublicOrLocal(at, bot.Paths())
				if err != nil {
					return fmt.Errorf("--url %w", err)
				}
				cfg.Base = base
			}
			report := doctor.Run(cmd.Context(), cfg)
			if err := report.Print(cmd.OutOrStdout(), asJSON); err != nil {
				return err
			}
			return report.Verdict()
		},
	}
	cmd.Flags().StringVar(&at, "url", "", "also send a signed request to the running linqbot, through its public address: https://host, and the path below which a proxy serves it, if any")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return cmd
}
