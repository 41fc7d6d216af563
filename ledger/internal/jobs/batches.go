package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"linqbot/ledger/internal/store"
)

// handOverBatches gives River what follows from the states of batches that were changed, in the transaction that marks
// them. It returns how many.
func (d *Dispatcher) handOverBatches(ctx context.Context) (taken int, err error) {
	err = d.cfg.Store.AsyncTx(ctx, func(tx store.Tx) error {
		taken = 0
		var jobs []Job
		var ids []string
		rows, err := tx.Query(ctx, `
			SELECT id, state = 'planning', confirmed_at > 0 AND ended_at = 0 FROM batches WHERE NOT handed_over
			ORDER BY id LIMIT $1`+d.cfg.Store.Dialect().TakeRows, handOverBatch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var planning, feeding bool
			if err := rows.Scan(&id, &planning, &feeding); err != nil {
				return err
			}
			ids = append(ids, id)
			if planning {
				jobs = append(jobs, plan(id))
				continue
			}
			jobs = append(jobs, showBatch(id))
			if feeding {
				jobs = append(jobs, feed(id))
			}
		}
		if err := rows.Err(); err != nil || len(ids) == 0 {
			return err
		}
		rows.Close()
		taken = len(ids)
		chosen, err := json.Marshal(ids)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE batches SET handed_over = TRUE WHERE id `+d.cfg.Store.Dialect().InList("$1"), string(chosen)); err != nil {
			return err
		}
		return Insert(ctx, tx, jobs...)
	})
	if err != nil {
		return 0, fmt.Errorf("hand over batches: %w", err)
	}
	return taken, nil
}
