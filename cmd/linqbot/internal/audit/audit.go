// Package audit prints what the ledger has of who asked for what, as a table, CSV or lines of JSON. It
// reads the ledger and changes nothing. What others wrote is made fit for a terminal and for a
// spreadsheet on the way out; the filter itself is the ledger's.
//
// Begin reading at [Run].
package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/commands/parse"
	"linqbot/ledger"
	"linqbot/linq"
)

// Query is what is asked for, as the person wrote it. An empty field is no limit.
type Query struct {
	Since, Until, User, Chat, Handle, State, Format string
	FullHandles                                     bool
}

// Run prints the rows of the ledger that the query asks for.
func Run(ctx context.Context, cfg config.Settings, query Query, out io.Writer) error {
	filter, err := query.filter(cfg.Region, time.Now())
	if err != nil {
		return err
	}
	printer, ok := printers()[query.Format]
	if !ok {
		return fmt.Errorf("--format must be one of: %s", strings.Join(slices.Sorted(maps.Keys(printers())), ", "))
	}
	reader, err := ledger.OpenReader(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	rows := func(yield func(entry, error) bool) {
		for row, err := range reader.Audit(ctx, filter) {
			if !yield(newEntry(row, query.FullHandles), err) {
				return
			}
		}
	}
	return errors.Join(printer(out, rows), reader.Close())
}

// filter reports every mistake in the query at once.
func (q Query) filter(region string, now time.Time) (ledger.AuditFilter, error) {
	filter := ledger.AuditFilter{UserID: q.User, State: ledger.State(q.State)}
	var mistakes []error
	var err error
	if filter.Since, err = momentOf(q.Since, now); err != nil {
		mistakes = append(mistakes, fmt.Errorf("--since %w", err))
	}
	if filter.Until, err = momentOf(q.Until, now); err != nil {
		mistakes = append(mistakes, fmt.Errorf("--until %w", err))
	}
	if q.State != "" && !slices.Contains(ledger.States(), filter.State) {
		mistakes = append(mistakes, fmt.Errorf("--state must be one of: %s", listed(ledger.States())))
	}
	if q.Chat != "" {
		chat, err := linq.ParseChatID(q.Chat)
		if err != nil {
			mistakes = append(mistakes, errors.New("--chat is no chat id: write a UUID such as 550e8400-e29b-41d4-a716-446655440000"))
		}
		filter.ChatID = chat.String()
	}
	if q.Handle != "" {
		understood, err := parse.Handle(q.Handle, region)
		if err != nil {
			mistakes = append(mistakes, errors.New("--handle cannot be read: write a number with its country code, such as +14155550132, or an e-mail address"))
		}
		filter.Handle = ledger.Conceal(understood.Handle.Full())
	}
	if len(mistakes) > 0 {
		return ledger.AuditFilter{}, config.JoinMistakes(mistakes)
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
