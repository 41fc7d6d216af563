package main

import (
	"os"
	"slices"

	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/demo"
	"linqbot/cmd/linqbot/internal/playground"
	"linqbot/cmd/linqbot/internal/terminal"
)

func newDemo() *cobra.Command {
	var keep, story, noOpen bool
	page := playground.Config{Getenv: os.Getenv}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try the bot in a browser, with a Slack and a Linq of its own on this machine",
		Long: `Serve a page in which to try the bot: a Slack to type into, the chats at Linq beside it, switches for
trouble, and a time line of what really crossed. The bot is the real one; Slack and Linq are played.

With --story, --keep, or where there is no terminal, scenes are played and printed instead.

--slack and --linq take the real one in the place of either, by its base URL. The bot's variables for it have to be
in the environment then: SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET and ALLOWED_USERS, or LINQ_API_V3_API_KEY.

--postgres keeps the ledger in a database of its own on the PostgreSQL server that DATABASE_URL names, and drops it
in the end. The page can cut the way there.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if story || keep || !asksForPage(cmd) && !terminal.Is(os.Stdout) {
				return demo.Run(cmd.Context(), cmd.OutOrStdout(), keep)
			}
			page.Open = !noOpen
			return playground.Run(cmd.Context(), cmd.OutOrStdout(), page)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&story, "story", false, "play the scenes and print them")
	flags.BoolVar(&keep, "keep", false, "play the scenes, and leave everything running afterwards")
	flags.StringVar(&page.Addr, "addr", "", "where to serve the page on this machine (default 127.0.0.1:8080, or the next port that is free)")
	flags.BoolVar(&noOpen, "no-open", false, "open no browser")
	flags.StringVar(&page.SlackURL, "slack", "", "Slack's real Web API, such as https://slack.com/api/")
	flags.StringVar(&page.LinqURL, "linq", "", "Linq's real Partner API, such as https://api.linqapp.com/api/partner/")
	flags.BoolVar(&page.Postgres, "postgres", false, "keep the ledger in a new database on the server of DATABASE_URL, which is dropped in the end")
	cmd.MarkFlagsMutuallyExclusive("story", "no-open")
	cmd.MarkFlagsMutuallyExclusive("story", "postgres")
	return cmd
}

// asksForPage reports whether a flag was given that means nothing without the page.
func asksForPage(cmd *cobra.Command) bool {
	return slices.ContainsFunc([]string{"addr", "no-open", "slack", "linq", "postgres"}, cmd.Flags().Changed)
}
