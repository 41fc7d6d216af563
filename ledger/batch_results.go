package ledger

import (
	"context"
	"fmt"

	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// Progress counts the items of a batch by state.
func (l *Ledger) Progress(ctx context.Context, batchID string) (Progress, error) {
	return countItems(ctx, l.store.Reader(), batchID)
}

func countItems(ctx context.Context, db store.Querier, batchID string) (Progress, error) {
	p := Progress{States: make(map[State]int)}
	rows, err := db.Query(ctx, `
		SELECT COALESCE(r.state, ''), COUNT(*) FROM batch_items i LEFT JOIN requests r ON r.id = i.request_id
		WHERE i.batch_id = $1 GROUP BY 1`, batchID)
	if err != nil {
		return Progress{}, fmt.Errorf("count items: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var state State
		var items int
		if err := rows.Scan(&state, &items); err != nil {
			return Progress{}, fmt.Errorf("count items: %w", err)
		}
		p.All += items
		if state != "" {
			p.States[state] = items
		}
	}
	if err := rows.Err(); err != nil {
		return Progress{}, fmt.Errorf("count items: %w", err)
	}
	return p, nil
}

// RecentBatch is a batch as a person finds it again: how far it has come, and where it shows.
type RecentBatch struct {
	Batch
	Progress Progress
	First    []BatchResult // the first item, if there is one
	Thread   Thread
}

// recentBatches repeats the columns of the index batches_of_user. Without them it is not used.
const recentBatches = `WHERE user_id = $1 AND confirmed_at > 0 AND team_id = $2 AND source <> 'workflow' ORDER BY confirmed_at DESC LIMIT $3`

// RecentBatchesOf returns the batches that a person of a team had carried out last, the newest first, limit of them at
// most. What a workflow asked for in somebody's name is not theirs.
func (l *Ledger) RecentBatchesOf(ctx context.Context, teamID, userID string, limit int) ([]RecentBatch, error) {
	db := l.store.Reader()
	ids, err := store.Strings(ctx, db, `SELECT id FROM batches `+recentBatches, userID, teamID, limit)
	if err != nil {
		return nil, fmt.Errorf("load batches: %w", err)
	}
	recent := make([]RecentBatch, len(ids))
	for i, id := range ids {
		if recent[i].Batch, err = l.Batch(ctx, id); err != nil {
			return nil, err
		}
		if recent[i].Progress, err = l.Progress(ctx, id); err != nil {
			return nil, err
		}
		if recent[i].First, err = l.BatchItems(ctx, id, 0, 1); err != nil {
			return nil, err
		}
		if recent[i].Thread, err = l.BatchThread(ctx, id); err != nil {
			return nil, err
		}
	}
	return recent, nil
}

// BatchItems returns items of a batch in their order, after a position, and not more than limit.
func (l *Ledger) BatchItems(ctx context.Context, batchID string, after, limit int) ([]BatchResult, error) {
	return batchItems(ctx, l.store.Reader(), batchID, after, limit)
}

// BatchItems returns items of a batch in their order, after a position, and not more than limit.
func (r *Reader) BatchItems(ctx context.Context, batchID string, after, limit int) ([]BatchResult, error) {
	return batchItems(ctx, r.from.Reader(), batchID, after, limit)
}

func batchItems(ctx context.Context, db store.Querier, batchID string, after, limit int) ([]BatchResult, error) {
	results, ids, err := loadItems(ctx, db, batchID, after, limit)
	if err != nil || len(results) == 0 {
		return nil, err
	}
	requests, err := requests.Query(ctx, db, `
		WHERE id IN (SELECT request_id FROM batch_items WHERE batch_id = $1 AND position >= $2 AND position <= $3)`,
		batchID, results[0].Position, results[len(results)-1].Position)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]Request, len(requests))
	for _, request := range requests {
		byID[request.ID] = request
	}
	for i, id := range ids {
		results[i].Request = byID[id]
	}
	return results, nil
}

// loadItems returns items, and the ids of the requests that answer for them.
func loadItems(ctx context.Context, db store.Querier, batchID string, after, limit int) (results []BatchResult, ids []string, err error) {
	rows, err := db.Query(ctx, `
		SELECT position, chat_id, chat_name, handle, foreseen, undoes, request_id FROM batch_items
		WHERE batch_id = $1 AND position > $2 ORDER BY position LIMIT $3`, batchID, after, limit)
	if err != nil {
		return nil, nil, fmt.Errorf("load items: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var item BatchItem
		var id string
		if err := rows.Scan(&item.Position, &item.ChatID, &item.ChatName, &item.Handle, &item.Foreseen, &item.Undoes, &id); err != nil {
			return nil, nil, fmt.Errorf("load items: %w", err)
		}
		results, ids = append(results, BatchResult{BatchItem: item}), append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, fmt.Errorf("load items: %w", err)
	}
	return results, ids, nil
}

// MarkBatchShown records that the end of a batch is shown, so that it need not be shown again.
func (l *Ledger) MarkBatchShown(ctx context.Context, batchID string) error {
	if _, err := l.store.Writer().Exec(ctx, `UPDATE batches SET shown = TRUE WHERE id = $1`, batchID); err != nil {
		return fmt.Errorf("mark batch shown: %w", err)
	}
	return nil
}

// BatchThread returns where a batch shows: its parent message, or the way round it.
func (l *Ledger) BatchThread(ctx context.Context, batchID string) (Thread, error) {
	return requests.LoadThread(ctx, l.store.Reader(), batchID)
}

// BatchMessages returns what is known of the messages of a batch besides its parent, by name.
func (l *Ledger) BatchMessages(ctx context.Context, batchID string) (map[string]Posting, error) {
	rows, err := l.store.Reader().Query(ctx, `
		SELECT name, channel_id, ts, shown, posting_since, doubts FROM batch_messages WHERE batch_id = $1`, batchID)
	if err != nil {
		return nil, fmt.Errorf("load messages: %w", err)
	}
	defer rows.Close()
	messages := make(map[string]Posting)
	for rows.Next() {
		var name string
		var p Posting
		var since int64
		if err := rows.Scan(&name, &p.ChannelID, &p.TS, &p.Shown, &since, &p.Doubts); err != nil {
			return nil, fmt.Errorf("load messages: %w", err)
		}
		p.Since = store.FromMicros(since)
		messages[name] = p
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load messages: %w", err)
	}
	return messages, nil
}

// SaveBatchMessage stores what is known of one of these messages.
func (l *Ledger) SaveBatchMessage(ctx context.Context, batchID, name string, p Posting) error {
	_, err := l.store.Writer().Exec(ctx, `
		INSERT INTO batch_messages (batch_id, name, channel_id, ts, shown, posting_since, doubts)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (batch_id, name) DO UPDATE SET
			channel_id = excluded.channel_id, ts = excluded.ts, shown = excluded.shown,
			posting_since = excluded.posting_since, doubts = excluded.doubts`,
		batchID, name, p.ChannelID, p.TS, p.Shown, store.Micros(p.Since), p.Doubts)
	if err != nil {
		return fmt.Errorf("save message: %w", err)
	}
	return nil
}
