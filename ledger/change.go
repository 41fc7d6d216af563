package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Change says what a new version of a request is due to.
type Change struct {
	Cause     string    // for the history: what was seen or done; holds no one's number
	TraceID   string    // Linq's trace id of the answer, if there was one
	News      bool      // people are to see it
	ShowAgain time.Time // when what is shown changes by itself
}

// Save stores r as it now is, adds the change to its history, and sets off what follows from it: a
// request that became [Sent] is confirmed, and news are shown. All of it happens, or none. It
// returns the request as stored; [ErrStale] when someone else saved it since it was loaded.
func (l *Ledger) Save(ctx context.Context, r Request, c Change) (Request, error) {
	now := l.now()
	if r.State.Final() && r.EndedAt.IsZero() {
		r.EndedAt = now
	}
	err := l.inTx(ctx, func(tx *sql.Tx) error {
		var before State
		if err := tx.QueryRowContext(ctx, `SELECT state FROM requests WHERE id = ?`, r.ID).Scan(&before); err != nil {
			return err
		}
		changed, err := updateRequest(ctx, tx, r, c)
		if err != nil {
			return err
		}
		if !changed {
			return ErrStale
		}
		if err := addHistory(ctx, tx, r.ID, Event{At: now, State: r.State, Cause: c.Cause, TraceID: c.TraceID}); err != nil {
			return err
		}
		if r.Undoes != "" && r.State.Final() {
			if err := showSoon(ctx, tx, r.Undoes, now); err != nil {
				return err
			}
		}
		return l.insertFollowUps(ctx, tx, r, r.State == Sent && before != Sent, c.News)
	})
	if err != nil {
		return Request{}, fmt.Errorf("save request %s: %w", r.ShortID(), err)
	}
	r.version++
	if c.News {
		r.news++
	}
	return r, nil
}

func updateRequest(ctx context.Context, tx *sql.Tx, r Request, c Change) (bool, error) {
	result, err := tx.ExecContext(ctx, `
		UPDATE requests SET
			version = version + 1, news = news + ?, show_by = CASE WHEN ? THEN ? ELSE show_by END,
			state = ?, sent_at = ?, ended_at = ?, tries = ?, first_try_at = ?, next_try_at = ?,
			may_have_reached = ?, seen_listed = ?, spelling = ?, chat_name = ?, people = ?,
			reason = ?, http_status = ?, linq_said = ?, trace_id = ?
		WHERE id = ? AND version = ?`,
		c.News, c.News, micros(c.ShowAgain),
		r.State, micros(r.SentAt), micros(r.EndedAt), r.Tries, micros(r.FirstTryAt), micros(r.NextTryAt),
		r.MayHaveReached, r.SeenListed, r.Spelling.Reveal(), r.ChatName, r.People,
		r.Reason, r.HTTPStatus, r.LinqSaid, r.TraceID,
		r.ID, r.version)
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	return rows == 1, err
}

func addHistory(ctx context.Context, tx *sql.Tx, requestID string, e Event) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO history (request_id, at, state, cause, trace_id) VALUES (?, ?, ?, ?, ?)`,
		requestID, micros(e.At), e.State, e.Cause, e.TraceID)
	return err
}
