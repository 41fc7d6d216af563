package main

import (
	"cmp"
	"os"

	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/demo"
)

func newSend() *cobra.Command {
	var s demo.Delivery
	cmd := &cobra.Command{
		Use:   "send '/linq-remove <chatId> <handle>'",
		Short: "Sign a command and deliver it to a bot, as Slack would",
		Long: `Sign a command with the signing secret and deliver it to a bot that runs, as Slack would, and print what
the bot answers to the person alone. It is for trying a bot out without Slack: what the command asks for is
done.`,
		Args: oneArgument("the command in quotes"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.Secret = cmp.Or(s.Secret, os.Getenv("SLACK_SIGNING_SECRET")) // not the flag's default, which the help would show
			return s.Deliver(cmd.Context(), cmd.OutOrStdout(), args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&s.BotURL, "bot", "http://127.0.0.1:8080", "base URL of the bot")
	flags.StringVar(&s.Secret, "secret", "", "signing secret (default $SLACK_SIGNING_SECRET)")
	flags.StringVar(&s.Team, "team", demo.Team, "team id")
	flags.StringVar(&s.User, "user", demo.User, "id of the member who types")
	flags.StringVar(&s.Channel, "channel", demo.Channel, "id of the channel in which they type")
	flags.StringVar(&s.ResponseURL, "response-url", "", "where the bot may answer them later")
	return cmd
}
