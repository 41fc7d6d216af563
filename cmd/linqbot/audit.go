package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linqbot/commands"
	"linqbot/ledger"
	"linqbot/linq"
)

// auditFlags are what the person wrote.
type auditFlags struct {
	since, until, user, chat, handle, state, format string
	fullHandles                                     bool
}

func newAudit() *cobra.Command {
	var flags auditFlags
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Say who removed whom, when, where, by which rule, and how it ended",
		Long: `Print a row for each removal and each addition that was asked for, for each attempt that the policy said
no to, and for each time that somebody listed or searched chats or opened the form on one, oldest first:
from the ledger that DATABASE_URL names, also while linqbot serves.

Times are UTC. --since and --until take a day (2026-11-01), a moment (2026-11-01T09:30:00Z), or how long
ago (90d, 12h). --state takes a state of the README, denied and read among them. Handles are masked unless --full-handles
is given.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return audit(cmd.Context(), flags, os.Getenv, cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.since, "since", "", "asked for at this time or later")
	f.StringVar(&flags.until, "until", "", "asked for before this time")
	f.StringVar(&flags.user, "user", "", "asked for by this member, such as U0123ABCD")
	f.StringVar(&flags.chat, "chat", "", "in the chat with this id")
	f.StringVar(&flags.handle, "handle", "", "about this number or address, as in the command")
	f.StringVar(&flags.state, "state", "", "in this state, such as removed, refused, denied or read")
	f.StringVar(&flags.format, "format", "table", "table, csv or jsonl")
	f.BoolVar(&flags.fullHandles, "full-handles", false, "show whole numbers and addresses")
	return cmd
}

func audit(ctx context.Context, flags auditFlags, lookup func(string) string, out io.Writer) error {
	cfg, err := loadOnly(lookup, "DATABASE_URL", "DEFAULT_REGION")
	if err != nil {
		return err
	}
	filter, err := flags.filter(cfg.region, time.Now())
	if err != nil {
		return err
	}
	printer, ok := auditPrinters()[flags.format]
	if !ok {
		return fmt.Errorf("--format must be one of: %s", strings.Join(slices.Sorted(maps.Keys(auditPrinters())), ", "))
	}
	reader, err := ledger.OpenReader(ctx, cfg.databaseURL)
	if err != nil {
		return err
	}
	rows := func(yield func(auditRow, error) bool) {
		for row, err := range reader.Audit(ctx, filter) {
			if !yield(newAuditRow(row, flags.fullHandles), err) {
				return
			}
		}
	}
	return errors.Join(printer(out, rows), reader.Close())
}

// filter reports every mistake in the flags at once.
func (f auditFlags) filter(region string, now time.Time) (ledger.AuditFilter, error) {
	filter := ledger.AuditFilter{UserID: f.user, State: ledger.State(f.state)}
	var mistakes []error
	var err error
	if filter.Since, err = momentOf(f.since, now); err != nil {
		mistakes = append(mistakes, fmt.Errorf("--since %w", err))
	}
	if filter.Until, err = momentOf(f.until, now); err != nil {
		mistakes = append(mistakes, fmt.Errorf("--until %w", err))
	}
	if f.state != "" && !slices.Contains(ledger.States(), filter.State) {
		mistakes = append(mistakes, fmt.Errorf("--state must be one of: %s", listed(ledger.States())))
	}
	if f.chat != "" {
		chat, err := linq.ParseChatID(f.chat)
		if err != nil {
			mistakes = append(mistakes, errors.New("--chat is no chat id: write a UUID such as 550e8400-e29b-41d4-a716-446655440000"))
		}
		filter.ChatID = chat.String()
	}
	if f.handle != "" {
		understood, err := commands.ParseHandle(f.handle, region)
		if err != nil {
			mistakes = append(mistakes, errors.New("--handle cannot be read: write a number with its country code, such as +14155550132, or an e-mail address"))
		}
		filter.Handle = ledger.Conceal(understood.Handle.Full())
	}
	if len(mistakes) > 0 {
		return ledger.AuditFilter{}, joinLines(mistakes)
	}
	return filter, nil
}

func listed(states []ledger.State) string {
	names := make([]string, len(states))
	for i, state := range states {
		names[i] = string(state)
	}
	return strings.Join(names, ", ")
}

// momentOf reads a day, a moment, or how long ago; "" is no limit.
func momentOf(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, errors.New("is no time: write a day such as 2026-11-01, a moment such as 2026-11-01T09:30:00Z, or how long ago, such as 90d or 12h")
}
