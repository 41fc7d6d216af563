package batches

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/store"
)

// Plan is what a plan found.
type Plan struct {
	Items    []BatchItem   // in the order in which they are to be carried out
	CutOff   bool          // Linq's list of chats had no end, so chats may be missing
	AskFor   time.Duration // how long the person may say yes; counts only for a batch that asks
	ChatName string        // of a list: its chat's; "" if it has none, or is not known
	Trouble  string        // why there is no plan: a code of package commands; "" when there is one
	Limits   limits.Limits // that hold for a batch that does not ask, and of which a proposal or a dry run tells
}

// TroubleOverLimit is why a batch that does not ask is not carried out: it is more than the limit of a day leaves. Of a
// dry run it says that a batch which does it would be more than a limit leaves.
const TroubleOverLimit = "over_limit"

// Propose sets off what follows from a plan whose items are kept: a batch that asks waits for a yes, another one runs. A
// batch that is planned already stays as it is. Both are returned as they now stand.
func Propose(ctx context.Context, tx store.Querier, d store.Dialect, id string, p Plan, now time.Time) (Batch, error) {
	b, err := LoadLocked(ctx, tx, d, id)
	if err != nil || b.State != Planning {
		return b, err
	}
	next := BatchEvent{At: now, Cause: fmt.Sprintf("planned: %d removals", len(p.Items))}
	b.CutOff, b.Trouble, b.ChatName = p.CutOff, p.Trouble, p.ChatName
	switch {
	case p.Trouble != "":
		next.Cause = "could not be planned: " + p.Trouble
		b.State, b.EndedAt = Unplanned, now
	case b.DryRun:
		b.State, b.EndedAt = DryRun, now
		if len(p.Items) == 0 && b.Asks { // nobody would be asked, and nothing counted
			break
		}
		if b.OverLimit, err = overLimit(ctx, tx, d, b, len(p.Items), p.Limits, now); b.OverLimit.Most > 0 {
			b.Trouble = TroubleOverLimit
			next.Cause += "; over a limit"
		}
	case len(p.Items) == 0:
		b.State, b.EndedAt = Finished, now
	case b.Asks:
		b.State, b.ExpiresAt = Proposed, now.Add(p.AskFor)
		b.OverLimit, err = overLimit(ctx, tx, d, b, len(p.Items), p.Limits, now) // which the yes may meet
	default:
		b.State, b.ConfirmedAt = Running, now
		day := limits.Limits{PerDay: p.Limits.PerDay} // the hour was checked when it was accepted
		if b.OverLimit, err = overLimit(ctx, tx, d, b, len(p.Items), day, now); b.OverLimit.Most > 0 {
			b.State, b.ConfirmedAt, b.EndedAt, b.Trouble = Unplanned, time.Time{}, now, TroubleOverLimit
			next.Cause = "over the limit of a day"
		}
	}
	if err != nil {
		return Batch{}, err
	}
	next.State = b.State
	return b, save(ctx, tx, b, next)
}

// KeepItems stores the items of a batch that is being planned, in place of those of a plan that was cut off. It takes
// several transactions, since what is accepted meanwhile waits for each.
func KeepItems(ctx context.Context, in store.Store, batchID string, items []BatchItem) error {
	const together = 100
	for i := 0; i == 0 || i < len(items); i += together {
		err := in.InTx(ctx, func(tx store.Tx) error {
			b, err := LoadLocked(ctx, tx, in.Dialect(), batchID)
			if err != nil || b.State != Planning {
				return err
			}
			if i == 0 {
				if _, err := tx.Exec(ctx, `DELETE FROM batch_items WHERE batch_id = $1`, batchID); err != nil {
					return err
				}
			}
			for _, item := range items[i:min(i+together, len(items))] {
				if _, err := tx.Exec(ctx, `
					INSERT INTO batch_items (batch_id, position, chat_id, chat_name, handle, foreseen, undoes)
					VALUES ($1, $2, $3, $4, $5, $6, $7)`,
					batchID, item.Position, item.ChatID, item.ChatName, item.Handle.Value(), item.Foreseen, item.Undoes); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
