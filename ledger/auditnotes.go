package ledger

import (
	"context"
	"fmt"
	"iter"
)

// denials are in no chat and about nobody.
func (r *Reader) denials(ctx context.Context, f AuditFilter) iter.Seq2[AuditRow, error] {
	if f.ChatID != "" {
		return noRows
	}
	return r.notes(ctx, f, Denied, `SELECT id, at, source, team_id, channel_id, user_id, rule, '', '', left_out FROM denials `)
}

// readings are about nobody.
func (r *Reader) readings(ctx context.Context, f AuditFilter) iter.Seq2[AuditRow, error] {
	return r.notes(ctx, f, Read, `SELECT id, at, source, team_id, channel_id, user_id, rule, chat_id, searched, left_out FROM readings `)
}

func noRows(func(AuditRow, error) bool) {}

// notes are read in pages, as requests are: a cursor that is open for as long as somebody reads the audit
// would keep a connection, and SQLite's log from being taken into the file.
func (r *Reader) notes(ctx context.Context, f AuditFilter, state State, selected string) iter.Seq2[AuditRow, error] {
	if f.ID != "" || f.Handle.Value() != "" || f.State != "" && f.State != state {
		return noRows
	}
	return func(yield func(AuditRow, error) bool) {
		at, id := micros(f.Since), int64(0)
		for {
			var c clauses
			c.add("(at, id) > (%s, %s)", at, id)
			if !f.Until.IsZero() {
				c.add("at < %s", micros(f.Until))
			}
			if f.UserID != "" {
				c.add("user_id = %s", f.UserID)
			}
			if f.ChatID != "" {
				c.add("chat_id = %s", f.ChatID)
			}
			rows, last, err := r.queryNotes(ctx, selected+c.String()+fmt.Sprintf(" ORDER BY at, id LIMIT %d", auditPage), c.args)
			if err != nil {
				yield(AuditRow{}, fmt.Errorf("load what was %s: %w", state, err))
				return
			}
			for _, row := range rows {
				row.State = state
				if !yield(row, nil) {
					return
				}
			}
			if len(rows) < auditPage {
				return
			}
			at, id = micros(rows[len(rows)-1].AcceptedAt), last
		}
	}
}

// queryNotes also returns the id of the last one.
func (r *Reader) queryNotes(ctx context.Context, query string, args []any) (rows []AuditRow, last int64, err error) {
	found, err := r.q.query(ctx, query, args...)
	if err != nil {
		return nil, 0, err
	}
	defer found.Close()
	for found.Next() {
		var row AuditRow
		var at int64
		if err := found.Scan(&last, &at, &row.Source, &row.TeamID, &row.ChannelID, &row.UserID, &row.Rule,
			&row.ChatID, &row.Searched, &row.LeftOut); err != nil {
			return nil, 0, err
		}
		row.AcceptedAt = fromMicros(at)
		rows = append(rows, row)
	}
	return rows, last, found.Err()
}
