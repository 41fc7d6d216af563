package main

import (
	"os"

	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/audit"
	"linqbot/cmd/linqbot/internal/config"
)

func newAudit() *cobra.Command {
	var query audit.Query
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Say who removed whom, when, where, by which rule, and how it ended",
		Long: `Print a row for each removal and each addition that was asked for, for each attempt that the policy said
no to, and for each time that somebody listed or searched chats or opened the form on one, oldest first:
from the ledger that DATABASE_URL names, also while linqbot serves.

Times are UTC. --since and --until take a day (2026-11-01), a moment (2026-11-01T09:30:00Z), or how long
ago (90d, 12h). Handles are masked unless --full-handles is given. --batch prints all of one batch in its
order, also what was not asked of Linq. --state takes one of these:

` + audit.StatesHelp(),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := noEmptyFlags(cmd, "since", "until", "user", "chat", "handle", "state", "request", "reason"); err != nil {
				return err
			}
			cfg, err := config.LoadOnly(os.Getenv, "DATABASE_URL", "DEFAULT_REGION")
			if err != nil {
				return err
			}
			return audit.Run(cmd.Context(), cfg, query, cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.StringVar(&query.Since, "since", "", "asked for at this time or later")
	f.StringVar(&query.Until, "until", "", "asked for before this time")
	f.StringVar(&query.User, "user", "", "asked for by this member, such as U0123ABCD")
	f.StringVar(&query.Chat, "chat", "", "in the chat with this id")
	f.StringVar(&query.Handle, "handle", "", "about this number or address, as in the command")
	f.StringVar(&query.State, "state", "", "in this state, such as removed, refused, denied or read")
	f.StringVar(&query.Request, "request", "", "the request with this id, as it stands below the reply in Slack, or how it begins")
	f.StringVar(&query.Reason, "reason", "", "asked for with a reason that contains this, in capitals or not")
	f.StringVar(&query.Batch, "batch", "", "all of the batch with this id, as it stands below its message in Slack, or how it begins")
	for _, other := range []string{"since", "until", "user", "chat", "handle", "state", "request", "reason"} {
		cmd.MarkFlagsMutuallyExclusive("batch", other)
	}
	f.StringVar(&query.Format, "format", "table", "table, csv or jsonl")
	f.BoolVar(&query.FullHandles, "full-handles", false, "show whole numbers and addresses")
	return cmd
}
