package ledger

import (
	"cmp"
	"context"
	"fmt"

	"linqbot/ledger/internal/store"
)

const selectRequests = `
	SELECT id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url, chat_id, handle,
		state, version, news, accepted_at, sent_at, ended_at, tries, first_try_at, next_try_at,
		may_have_reached, seen_listed, spelling, chat_name, people, reason, http_status, linq_said, trace_id,
		thread_ts, expires_at, undoes, batch_id, because,
		` + store.HeldByBatch + `
	FROM requests `

// queryRequests returns the requests that the clauses after FROM choose.
func queryRequests(ctx context.Context, db store.Querier, clauses string, args ...any) ([]Request, error) {
	rows, err := db.Query(ctx, selectRequests+clauses, args...)
	if err != nil {
		return nil, fmt.Errorf("load requests: %w", err)
	}
	defer rows.Close()
	var requests []Request
	for rows.Next() {
		var r Request
		var acceptedAt, sentAt, endedAt, firstTryAt, nextTryAt, expiresAt int64
		err := rows.Scan(&r.ID, &r.Delivery, &r.Kind, &r.Source, &r.TeamID, &r.ChannelID, &r.UserID, &r.Rule,
			&r.ResponseURL, &r.ChatID, &r.Handle,
			&r.State, &r.version, &r.news, &acceptedAt, &sentAt, &endedAt, &r.Tries, &firstTryAt, &nextTryAt,
			&r.MayHaveReached, &r.SeenListed, &r.ListedHandle, &r.ChatName, &r.People, &r.Reason, &r.HTTPStatus,
			&r.LinqSaid, &r.TraceID, &r.ThreadTS, &expiresAt, &r.Undoes, &r.BatchID, &r.Because, &r.Held)
		if err != nil {
			return nil, fmt.Errorf("load requests: %w", err)
		}
		r.AcceptedAt, r.SentAt, r.EndedAt = store.FromMicros(acceptedAt), store.FromMicros(sentAt), store.FromMicros(endedAt)
		r.FirstTryAt, r.NextTryAt = store.FromMicros(firstTryAt), store.FromMicros(nextTryAt)
		r.ExpiresAt = store.FromMicros(expiresAt)
		requests = append(requests, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load requests: %w", err)
	}
	return requests, nil
}

func queryRequest(ctx context.Context, db store.Querier, clauses string, args ...any) (Request, error) {
	return queryLocked(ctx, db, "", clauses, args...)
}

// queryLocked is queryRequest with what keeps others from changing the row.
func queryLocked(ctx context.Context, db store.Querier, lock, clauses string, args ...any) (Request, error) {
	requests, err := queryRequests(ctx, db, clauses+" LIMIT 1"+lock, args...)
	if err != nil {
		return Request{}, err
	}
	if len(requests) == 0 {
		return Request{}, fmt.Errorf("load request: %w", ErrNotFound)
	}
	return requests[0], nil
}

// Request returns a request as it stands; [ErrNotFound] when there is none.
func (l *Ledger) Request(ctx context.Context, id string) (Request, error) {
	return queryRequest(ctx, l.store.Reader(), `WHERE id = $1`, id)
}

// UnderWay returns the request that is under way and asks for the same as o, as [Ledger.Accept] would, and where it
// shows. [ErrNotFound] when there is none.
func (l *Ledger) UnderWay(ctx context.Context, o Order) (Acceptance, error) {
	request, err := queryRequest(ctx, l.store.Reader(), underWayClauses, o.ChatID, o.HandleKey(), string(o.Kind))
	if err != nil {
		return Acceptance{}, err
	}
	thread, err := loadThread(ctx, l.store.Reader(), request.ShownAs())
	return Acceptance{Outcome: UnderWay, Request: request, Thread: thread}, err
}

// opposingClauses are [underWayClauses] without what only waits for a yes.
const opposingClauses = underWayClauses + ` AND state <> 'asked'`

// Opposing returns the request that is under way and wants the contrary of r, the removal of somebody whom r adds or
// the other way round, if it comes before r: it was tried, or accepted earlier. [ErrNotFound] when there is none.
// r itself was never tried.
func (l *Ledger) Opposing(ctx context.Context, r Request) (Request, error) {
	contrary := Add
	if r.Kind == Add {
		contrary = Remove
	}
	other, err := queryRequest(ctx, l.store.Reader(), opposingClauses, r.ChatID, r.HandleKey(), string(contrary))
	if err != nil {
		return Request{}, err
	}
	before := cmp.Or(other.AcceptedAt.Compare(r.AcceptedAt), cmp.Compare(other.ID, r.ID)) < 0
	if !before && other.FirstTryAt.IsZero() {
		return Request{}, ErrNotFound
	}
	return other, nil
}

// History returns what happened to a request, oldest first.
func (l *Ledger) History(ctx context.Context, requestID string) ([]Event, error) {
	return queryHistory(ctx, l.store.Reader(), historyClauses, requestID)
}

const historyClauses = `WHERE request_id = $1 ORDER BY id`

func queryHistory(ctx context.Context, db store.Querier, clauses string, args ...any) ([]Event, error) {
	rows, err := db.Query(ctx, `SELECT at, state, cause, trace_id FROM history `+clauses, args...)
	if err != nil {
		return nil, fmt.Errorf("load history: %w", err)
	}
	defer rows.Close()
	var events []Event
	for rows.Next() {
		var e Event
		var at int64
		if err := rows.Scan(&at, &e.State, &e.Cause, &e.TraceID); err != nil {
			return nil, fmt.Errorf("load history: %w", err)
		}
		e.At = store.FromMicros(at)
		events = append(events, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load history: %w", err)
	}
	return events, nil
}

// Recent is a request as a person finds it again: how far it has come, and where it shows.
type Recent struct {
	Request        // with Undone, as in a [View]
	Thread  Thread // of its delivery
}

// recentClauses repeat the condition of the index requests_of_user. Without it the index is not used.
const recentClauses = `WHERE user_id = $1 AND source <> 'workflow' AND team_id = $2 AND batch_id = '' AND state <> 'dry_run' ORDER BY id DESC LIMIT $3`

// RecentOf returns what a person of a team asked for last, the newest first, limit of them at most.
// What a workflow asked for in somebody's name is not theirs. The requests of a batch and dry runs are left out.
func (l *Ledger) RecentOf(ctx context.Context, teamID, userID string, limit int) ([]Recent, error) {
	db := l.store.Reader()
	requests, err := queryRequests(ctx, db, recentClauses, userID, teamID, limit)
	if err != nil {
		return nil, err
	}
	if err := markUndone(ctx, db, requests); err != nil {
		return nil, err
	}
	threads := make(map[string]Thread)
	recent := make([]Recent, len(requests))
	for i, request := range requests {
		thread, known := threads[request.Delivery]
		if !known {
			if thread, err = loadThread(ctx, db, request.Delivery); err != nil {
				return nil, err
			}
			threads[request.Delivery] = thread
		}
		recent[i] = Recent{Request: request, Thread: thread}
	}
	return recent, nil
}
