package main

import (
	"cmp"
	"os"

	"github.com/spf13/cobra"
)

func newSend() *cobra.Command {
	var s sending
	cmd := &cobra.Command{
		Use:    "send '/linq-remove <chatId> <handle>'",
		Short:  "Sign a command and deliver it to a bot, as Slack would",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.secret = cmp.Or(s.secret, os.Getenv("SLACK_SIGNING_SECRET")) // as a default the help would show it
			return s.deliver(cmd.Context(), cmd.OutOrStdout(), args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&s.botURL, "bot", "http://127.0.0.1:8080", "base URL of the bot")
	flags.StringVar(&s.secret, "secret", "", "signing secret (default $SLACK_SIGNING_SECRET)")
	flags.StringVar(&s.team, "team", demoTeam, "team id")
	flags.StringVar(&s.user, "user", demoUser, "id of the member who types")
	flags.StringVar(&s.channel, "channel", demoChannel, "id of the channel in which they type")
	flags.StringVar(&s.responseURL, "response-url", "", "where the bot may answer them later")
	return cmd
}
