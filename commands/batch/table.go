package batch

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"

	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/linq/handle"
)

// ItemReader reads the items of a batch; see [ledger.Ledger.BatchItems].
type ItemReader interface {
	BatchItems(ctx context.Context, batchID string, after, limit int) ([]ledger.BatchResult, error)
}

// Items reads all items of a batch, a few at a time.
func Items(ctx context.Context, from ItemReader, batchID string) iter.Seq2[ledger.BatchResult, error] {
	const together = 200
	return func(yield func(ledger.BatchResult, error) bool) {
		for after := 0; ; {
			items, err := from.BatchItems(ctx, batchID, after, together)
			if err != nil {
				yield(ledger.BatchResult{}, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
				after = item.Position
			}
			if len(items) < together {
				return
			}
		}
	}
}

// Row is one line of what needs a person.
type Row struct {
	Who     string // masked unless the explainer shows whole handles
	Chat    richtext.Span
	Status  outcome.Status
	TraceID string // Linq's, "" without one
}

// NeedsPerson reports whether an item ended in a way that somebody has to look at.
func NeedsPerson(item ledger.BatchResult) bool {
	switch item.Request.State {
	case ledger.Refused, ledger.Failed, ledger.Unconfirmed:
		return true
	default:
		return false
	}
}

// Summary is what needs a person, in the order of the batch. Other items have no row.
func Summary(e outcome.Explainer, items []ledger.BatchResult) []Row {
	var rows []Row
	for _, item := range items {
		if NeedsPerson(item) {
			r := requestOf(item)
			rows = append(rows, Row{Who: e.Who(r), Chat: e.Chat(r), Status: e.Explain(r), TraceID: r.TraceID})
		}
	}
	return rows
}

// requestOf is the request of an item, or what is known of it before there is one.
func requestOf(item ledger.BatchResult) ledger.Request {
	r := item.Request
	if r.ChatName == "" {
		r.ChatName = item.ChatName
	}
	if r.ID == "" {
		r.ChatID, r.Handle = item.ChatID, item.Handle
	}
	return r
}

// CSV writes all items as a table with a head: which chat, who, how it ended and why, and Linq's trace id. Whole
// handles stand in it only if the explainer shows them. Nothing in it is a formula to a spreadsheet.
func CSV(to io.Writer, e outcome.Explainer, items iter.Seq2[ledger.BatchResult, error]) error {
	table := csv.NewWriter(to)
	if err := table.Write([]string{"chat_id", "chat_name", "handle", "state", "reason", "message", "trace_id"}); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	for item, err := range items {
		if err != nil {
			return err
		}
		r := requestOf(item)
		name, person := r.ChatName, r.Handle.Value()
		if !e.FullHandles {
			name, person = handle.MaskText(name), e.Who(r)
		}
		state, message, reason := audit.NotAsked, "", item.Foreseen
		if r.ID != "" {
			state, message, reason = r.State, e.Explain(r).Text().String(), r.Reason
		}
		if err := table.Write([]string{item.ChatID, noFormula(name), noFormula(person), string(state), noFormula(reason), noFormula(message), noFormula(r.TraceID)}); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	table.Flush()
	if err := table.Error(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// noFormula keeps a spreadsheet from computing a cell. A phone number is a formula to it too, but is left alone, since
// it computes to itself.
//
// Source: https://owasp.org/www-community/attacks/CSV_Injection
func noFormula(cell string) string {
	isNumber := strings.HasPrefix(cell, "+") && strings.Trim(cell[1:], "0123456789 •") == ""
	if cell == "" || isNumber || !strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
		return cell
	}
	return "'" + cell
}
