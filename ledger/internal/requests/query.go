package requests

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"linqbot/ledger/internal/store"
)

const selectRequests = `
	SELECT id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url, chat_id, handle,
		state, version, accepted_at, sent_at, ended_at, tries, first_try_at, next_try_at,
		may_have_reached, seen_listed, spelling, chat_name, people, reason, http_status, linq_said, trace_id,
		thread_ts, expires_at, undoes, batch_id, because, shown_digits,
		` + store.HeldByBatch + `
	FROM requests `

// LockOrder is the order in which a transaction locks requests, so that no two wait for each other. The rows of batches
// come after those of requests, the newest batch first.
const LockOrder = `ORDER BY handle_key, chat_id, kind, id`

// Query returns the requests that the clauses after FROM choose.
func Query(ctx context.Context, db store.Querier, clauses string, args ...any) ([]Request, error) {
	requests, err := store.All(ctx, db, scanRequest, selectRequests+clauses, args...)
	if err != nil {
		return nil, fmt.Errorf("load requests: %w", err)
	}
	return requests, nil
}

func scanRequest(row store.Row) (r Request, err error) {
	var acceptedAt, sentAt, endedAt, firstTryAt, nextTryAt, expiresAt int64
	err = row.Scan(&r.ID, &r.Delivery, &r.Kind, &r.Source, &r.TeamID, &r.ChannelID, &r.UserID, &r.Rule,
		&r.ResponseURL, &r.ChatID, &r.Handle,
		&r.State, &r.version, &acceptedAt, &sentAt, &endedAt, &r.Tries, &firstTryAt, &nextTryAt,
		&r.MayHaveReached, &r.SeenListed, &r.ListedHandle, &r.ChatName, &r.People, &r.Reason, &r.HTTPStatus,
		&r.LinqSaid, &r.TraceID, &r.ThreadTS, &expiresAt, &r.Undoes, &r.BatchID, &r.Because, &r.ShownDigits, &r.Held)
	r.AcceptedAt, r.SentAt, r.EndedAt = store.FromMicros(acceptedAt), store.FromMicros(sentAt), store.FromMicros(endedAt)
	r.FirstTryAt, r.NextTryAt = store.FromMicros(firstTryAt), store.FromMicros(nextTryAt)
	r.ExpiresAt = store.FromMicros(expiresAt)
	return r, err
}

func queryOne(ctx context.Context, db store.Querier, clauses string, args ...any) (Request, error) {
	return queryLocked(ctx, db, "", clauses, args...)
}

// queryLocked is queryOne with what keeps others from changing the row.
func queryLocked(ctx context.Context, db store.Querier, lock, clauses string, args ...any) (Request, error) {
	requests, err := Query(ctx, db, clauses+" LIMIT 1"+lock, args...)
	if err != nil {
		return Request{}, err
	}
	if len(requests) == 0 {
		return Request{}, fmt.Errorf("load request: %w", store.ErrNotFound)
	}
	return requests[0], nil
}

// Load returns a request as it stands; [store.ErrNotFound] when there is none.
func Load(ctx context.Context, db store.Querier, id string) (Request, error) {
	return queryOne(ctx, db, `WHERE id = $1`, id)
}

// StateOf returns the state of a request.
func StateOf(ctx context.Context, db store.Querier, id string) (s State, err error) {
	err = db.QueryRow(ctx, `SELECT state FROM requests WHERE id = $1`, id).Scan(&s)
	return s, err
}

// ofDelivery returns the requests of a delivery, in the order in which they were asked for.
func ofDelivery(ctx context.Context, db store.Querier, delivery string) ([]Request, error) {
	return Query(ctx, db, `WHERE delivery = $1 ORDER BY id`, delivery)
}

// LockDelivery locks the requests of a delivery, and returns them in the order [LockOrder].
func LockDelivery(ctx context.Context, tx store.Querier, d store.Dialect, delivery string) ([]Request, error) {
	return Query(ctx, tx, `WHERE delivery = $1 `+LockOrder+d.LockRows, delivery)
}

// redeliveredClauses find what answers for a delivery that came before. They gather ids first: with
// an OR in that place PostgreSQL reads an index from end to end.
const redeliveredClauses = `
	WHERE handle_key = $1 AND id IN (
		SELECT id FROM requests WHERE delivery = $2 UNION ALL SELECT request_id FROM followers WHERE delivery = $2)`

// Redelivered returns the request that answers for an order whose delivery came before; [store.ErrNotFound] when none
// does.
func Redelivered(ctx context.Context, db store.Querier, o Order) (Request, error) {
	return queryOne(ctx, db, redeliveredClauses, o.HandleKey(), o.Delivery)
}

const underWayClauses = `WHERE chat_id = $1 AND handle_key = $2 AND kind = $3 AND ` + store.UnderWay

// UnderWay returns the request that is under way and asks for the same as o; [store.ErrNotFound] when there is none.
// lock is what keeps others from changing it; "" for nothing.
func UnderWay(ctx context.Context, db store.Querier, o Order, lock string) (Request, error) {
	return queryLocked(ctx, db, lock, underWayClauses, o.ChatID, o.HandleKey(), string(o.Kind))
}

// opposingClauses are [underWayClauses] without what only waits for a yes.
const opposingClauses = underWayClauses + ` AND state <> 'asked'`

// Opposing returns the request that is under way and wants the contrary of r, the removal of somebody whom r adds or
// the other way round, if it comes before r: it was tried, or accepted earlier. [store.ErrNotFound] when there is none.
// r itself was never tried.
func Opposing(ctx context.Context, db store.Querier, r Request) (Request, error) {
	contrary := Add
	if r.Kind == Add {
		contrary = Remove
	}
	other, err := queryOne(ctx, db, opposingClauses, r.ChatID, r.HandleKey(), string(contrary))
	if err != nil {
		return Request{}, err
	}
	before := cmp.Or(other.AcceptedAt.Compare(r.AcceptedAt), cmp.Compare(other.ID, r.ID)) < 0
	if !before && other.FirstTryAt.IsZero() {
		return Request{}, store.ErrNotFound
	}
	return other, nil
}

// awaitingClauses use two indexes, and repeat the condition of each. One index for both would cost
// accepting one more entry for each order.
const awaitingClauses = `
	WHERE id IN (
		SELECT id FROM requests WHERE chat_id = $1 AND handle_key = $2 AND kind = $3
			AND ` + store.UnderWay + ` AND (state = 'sent' OR state = 'accepted' AND may_have_reached)
		UNION ALL
		SELECT id FROM requests WHERE chat_id = $1 AND handle_key = $2 AND kind = $3 AND state = 'unconfirmed')
	ORDER BY id DESC`

// Awaiting returns the newest request of a kind that waits to see this person leave or join the chat. Linq
// has taken it, or may have; it may be unconfirmed already. Without one the error is [store.ErrNotFound].
func Awaiting(ctx context.Context, db store.Querier, kind Kind, chatID string, handle store.Secret) (Request, error) {
	r, err := queryOne(ctx, db, awaitingClauses, chatID, strings.ToLower(handle.Value()), string(kind))
	if errors.Is(err, store.ErrNotFound) {
		return Request{}, store.ErrNotFound
	}
	return r, err
}
