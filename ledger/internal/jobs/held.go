package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"linqbot/ledger/internal/store"
)

// ErrHeld says that nothing of a request may be sent for now, since its batch or all removals are paused.
var ErrHeld = errors.New("ledger: the request is held")

// lookAgain is how soon a request that is no longer held is tried again. The step may have held it by what was
// remembered for half a second.
const lookAgain = 500 * time.Millisecond

// tryStep runs a try. A request that is held gives up its job, however long that lasts: it waits in its row, where it
// costs nothing, and the dispatcher hands it over again.
func tryStep(ctx context.Context, cfg Config, job *river.Job[tryArgs]) error {
	err := runStep(ctx, cfg.Try, job.Args.RequestID)
	if !errors.Is(err, ErrHeld) {
		return err
	}
	held := false
	err = cfg.Store.InTx(ctx, func(tx store.Tx) error {
		rows, err := tx.Exec(ctx, `
			UPDATE requests SET handed_over = FALSE
			WHERE id = $1 AND state = 'accepted' AND (`+store.HeldByBatch+` OR kind = 'remove' AND `+removalsPaused+`)`, job.Args.RequestID)
		if held = rows > 0; err != nil || !held {
			return err
		}
		return tx.CompleteJob(ctx, job.JobRow)
	})
	if err != nil {
		return fmt.Errorf("hand back a request that is held: %w", err)
	}
	if !held {
		return river.JobSnooze(lookAgain)
	}
	return nil
}
