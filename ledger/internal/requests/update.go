package requests

import (
	"context"
	"time"

	"linqbot/ledger/internal/store"
)

// Change says what a new version of a request is due to.
type Change struct {
	Cause     string    // for the history: what was seen or done; holds no one's number
	TraceID   string    // Linq's trace id of the answer, if there was one
	News      bool      // people are to see it
	ShowAgain time.Time // when what is shown changes by itself
}

// Update stores r with what a change says. It returns the request as stored, and false when somebody else saved it since
// it was loaded, or when it is about to be tried and its batch was paused or stopped since.
func Update(ctx context.Context, tx store.Querier, r Request, c Change) (stored Request, changed bool, err error) {
	rows, err := tx.Exec(ctx, `
		UPDATE requests SET
			version = version + 1,
			news = CASE WHEN $1 THEN news + 1 ELSE news END, show_by = CASE WHEN $1 THEN $2 ELSE show_by END,
			state = $3, sent_at = $4, ended_at = $5, tries = $6, first_try_at = $7, next_try_at = $8,
			may_have_reached = $9, seen_listed = $10, spelling = $11, chat_name = $12, people = $13,
			reason = $14, http_status = $15, linq_said = $16, trace_id = $17, shown_digits = $18
		WHERE id = $19 AND version = $20 AND NOT ($6 > tries AND `+store.HeldByBatch+`)`,
		c.News, store.Micros(c.ShowAgain),
		string(r.State), store.Micros(r.SentAt), store.Micros(r.EndedAt), r.Tries, store.Micros(r.FirstTryAt), store.Micros(r.NextTryAt),
		r.MayHaveReached, r.SeenListed, r.ListedHandle.Value(), r.ChatName, r.People,
		r.Reason, r.HTTPStatus, r.LinqSaid, r.TraceID, r.ShownDigits,
		r.ID, r.version)
	r.version++
	return r, rows == 1, err
}

// ShowSoon has a request shown anew: what is offered with it has changed.
func ShowSoon(ctx context.Context, tx store.Querier, id string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE requests SET news = news + 1, show_by = $1 WHERE id = $2 AND batch_id = ''`, store.Micros(now), id)
	return err
}

// ShowBatchSoon has the batch of a request shown anew.
func ShowBatchSoon(ctx context.Context, tx store.Querier, id string) error {
	_, err := tx.Exec(ctx, `UPDATE batches SET news = news + 1, handed_over = FALSE WHERE id = $1`, id)
	return err
}
