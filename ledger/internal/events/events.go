// Package events remembers what must not have an effect twice: the events of Slack's, and the deliveries
// that were taken, denied or read. All of them are rows of one table, and are forgotten together. It knows ids
// and moments, and not what an event says. Begin with [Take] and [Spend].
package events

import (
	"context"
	"time"

	"linqbot/ledger/internal/store"
)

// remembered is longer than any redelivery: Slack's last try comes within 24 hours. It is not much longer, since each
// attempt that is denied adds a row.
const remembered = 2 * 24 * time.Hour

// forgottenAtOnce is how many old events one transaction deletes.
const forgottenAtOnce = 200

const selectOld = `SELECT id FROM events WHERE at < $1 LIMIT $2`

// Take remembers an event, and returns false for one that was taken before. It also forgets some old ones.
func Take(ctx context.Context, tx store.Tx, id string, now time.Time) (fresh bool, err error) {
	if err := Prune(ctx, tx, now); err != nil {
		return false, err
	}
	return insert(ctx, tx, id, now)
}

// Prune forgets some of the events that are old enough.
func Prune(ctx context.Context, tx store.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM events WHERE id IN (`+selectOld+`)`,
		store.Micros(now.Add(-remembered)), forgottenAtOnce)
	return err
}

func insert(ctx context.Context, tx store.Tx, id string, now time.Time) (fresh bool, err error) {
	rows, err := tx.Exec(ctx, `INSERT INTO events (id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, store.Micros(now))
	return rows == 1, err
}
