package main

import (
	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/demo"
)

func newDemo() *cobra.Command {
	var keep bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the bot at work, with a Slack and a Linq of its own on this machine",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo.Run(cmd.Context(), cmd.OutOrStdout(), keep)
		},
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "leave everything running afterwards, to try it")
	return cmd
}
