package batches

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// MarkShown records that the end of a batch is shown, so that it need not be shown again.
func MarkShown(ctx context.Context, db store.Querier, batchID string) error {
	if _, err := db.Exec(ctx, `UPDATE batches SET shown = TRUE WHERE id = $1`, batchID); err != nil {
		return fmt.Errorf("mark batch shown: %w", err)
	}
	return nil
}

// Messages returns what is known of the messages of a batch besides its parent, by name.
func Messages(ctx context.Context, db store.Querier, batchID string) (map[string]requests.Posting, error) {
	rows, err := db.Query(ctx, `
		SELECT name, channel_id, ts, shown, posting_since, doubts FROM batch_messages WHERE batch_id = $1`, batchID)
	if err != nil {
		return nil, fmt.Errorf("load messages: %w", err)
	}
	defer rows.Close()
	messages := make(map[string]requests.Posting)
	for rows.Next() {
		var name string
		var p requests.Posting
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

// SaveMessage stores what is known of one of these messages.
func SaveMessage(ctx context.Context, db store.Querier, batchID, name string, p requests.Posting) error {
	_, err := db.Exec(ctx, `
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

// selectUnshown repeats the condition of the index batches_unshown. Without it the index is not used.
const selectUnshown = `SELECT id FROM batches WHERE ended_at > 0 AND NOT shown AND ended_at <= $1 ORDER BY ended_at LIMIT 100`

// Unshown returns the ids of the first batches that ended before a moment, and whose end is not recorded as shown.
func Unshown(ctx context.Context, db store.Querier, before time.Time) ([]string, error) {
	return store.Strings(ctx, db, selectUnshown, store.Micros(before))
}
