package trail

import (
	"context"
	"fmt"
	"iter"
	"time"

	"linqbot/ledger/internal/store"
)

// Filter chooses notes; a zero field chooses all.
type Filter struct {
	Since  time.Time
	Until  time.Time // before this
	UserID string
	ChatID string
}

// Row is a note that is recorded.
type Row struct {
	Note

	LeftOut int64 // how many like it have no row, since the one before
}

const pageSize = 500

const (
	selectDenials  = `SELECT id, at, 'denied', source, team_id, channel_id, user_id, rule, '', '', '', left_out FROM denials `
	selectReadings = `SELECT id, at, 'read', source, team_id, channel_id, user_id, rule, chat_id, searched, '', left_out FROM readings `
	selectSwitches = `SELECT id, at, state, source, team_id, channel_id, user_id, rule, '', '', reason, 0 FROM switches `
)

// Rows returns the chosen notes of a kind, oldest first. They are read in pages. A cursor that stays open while
// somebody reads the audit would keep a connection busy, and would keep SQLite from moving its log into the file.
func Rows(ctx context.Context, in store.Querier, kind Kind, f Filter) iter.Seq2[Row, error] {
	selected := selectReadings
	if kind != Read {
		if f.ChatID != "" { // the others are in no chat
			return func(func(Row, error) bool) {}
		}
		selected = selectDenials
	}
	if kind == Paused || kind == Resumed {
		selected = selectSwitches
	}
	return func(yield func(Row, error) bool) {
		at, id := store.Micros(f.Since), int64(0)
		for {
			var where store.Where
			where.Add("(at, id) > (%s, %s)", at, id)
			if !f.Until.IsZero() {
				where.Add("at < %s", store.Micros(f.Until))
			}
			if f.UserID != "" {
				where.Add("user_id = %s", f.UserID)
			}
			if selected == selectSwitches {
				where.Add("state = %s", string(kind))
			}
			if f.ChatID != "" {
				where.Add("chat_id = %s", f.ChatID)
			}
			rows, last, err := queryRows(ctx, in, selected+where.String()+fmt.Sprintf(" ORDER BY at, id LIMIT %d", pageSize), where.Args)
			if err != nil {
				yield(Row{}, fmt.Errorf("load what was %s: %w", kind, err))
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if len(rows) < pageSize {
				return
			}
			at, id = store.Micros(rows[len(rows)-1].At), last
		}
	}
}

// queryRows also returns the id of the last one.
func queryRows(ctx context.Context, in store.Querier, query string, args []any) (rows []Row, last int64, err error) {
	found, err := in.Query(ctx, query, args...)
	if err != nil {
		return nil, 0, err
	}
	defer found.Close()
	for found.Next() {
		var row Row
		var at int64
		if err := found.Scan(&last, &at, &row.Kind, &row.Source, &row.TeamID, &row.ChannelID, &row.UserID, &row.Rule,
			&row.ChatID, &row.Searched, &row.Reason, &row.LeftOut); err != nil {
			return nil, 0, err
		}
		row.At = store.FromMicros(at)
		rows = append(rows, row)
	}
	return rows, last, found.Err()
}

// InsertSwitch records a turn of the switch, whatever else is being recorded.
func InsertSwitch(ctx context.Context, in store.Querier, n Note) error {
	_, err := in.Exec(ctx, `
		INSERT INTO switches (at, state, source, team_id, channel_id, user_id, rule, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		store.Micros(n.At), string(n.Kind), n.Source, n.TeamID, n.ChannelID, n.UserID, n.Rule, n.Reason)
	return err
}

// InsertDenial records a denial beside those who serve. Only operators get one, so there is no bound on how many.
func InsertDenial(ctx context.Context, in store.Querier, n Note) error {
	_, err := in.Exec(ctx, `
		INSERT INTO denials (at, source, team_id, channel_id, user_id, rule, left_out) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		store.Micros(n.At), n.Source, n.TeamID, n.ChannelID, n.UserID, n.Rule)
	return err
}
