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

// Query are what the person wrote.
type Query struct {
	Since, Until, User, Chat, Handle, State, Format string
	FullHandles                                     bool
}

// Run prints what the ledger has of those that the flags let through.
func Run(ctx context.Context, cfg config.Settings, flags Query, out io.Writer) error {
	filter, err := flags.filter(cfg.Region, time.Now())
	if err != nil {
		return err
	}
	printer, ok := printers()[flags.Format]
	if !ok {
		return fmt.Errorf("--format must be one of: %s", strings.Join(slices.Sorted(maps.Keys(printers())), ", "))
	}
	reader, err := ledger.OpenReader(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	rows := func(yield func(entry, error) bool) {
		for row, err := range reader.Audit(ctx, filter) {
			if !yield(newEntry(row, flags.FullHandles), err) {
				return
			}
		}
	}
	return errors.Join(printer(out, rows), reader.Close())
}

// filter reports every mistake in the flags at once.
func (f Query) filter(region string, now time.Time) (ledger.AuditFilter, error) {
	filter := ledger.AuditFilter{UserID: f.User, State: ledger.State(f.State)}
	var mistakes []error
	var err error
	if filter.Since, err = momentOf(f.Since, now); err != nil {
		mistakes = append(mistakes, fmt.Errorf("--since %w", err))
	}
	if filter.Until, err = momentOf(f.Until, now); err != nil {
		mistakes = append(mistakes, fmt.Errorf("--until %w", err))
	}
	if f.State != "" && !slices.Contains(ledger.States(), filter.State) {
		mistakes = append(mistakes, fmt.Errorf("--state must be one of: %s", listed(ledger.States())))
	}
	if f.Chat != "" {
		chat, err := linq.ParseChatID(f.Chat)
		if err != nil {
			mistakes = append(mistakes, errors.New("--chat is no chat id: write a UUID such as 550e8400-e29b-41d4-a716-446655440000"))
		}
		filter.ChatID = chat.String()
	}
	if f.Handle != "" {
		understood, err := parse.Handle(f.Handle, region)
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

func joinLines(mistakes []error) error {
	lines := make([]string, len(mistakes))
	for i, mistake := range mistakes {
		lines[i] = mistake.Error()
	}
	return errors.New(strings.Join(lines, "\n  "))
}
