package ledger

import (
	"context"
	"fmt"
)

const selectRequests = `
	SELECT id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url, chat_id, handle,
		state, version, news, accepted_at, sent_at, ended_at, tries, first_try_at, next_try_at,
		may_have_reached, seen_listed, spelling, chat_name, people, reason, http_status, linq_said, trace_id,
		thread_ts, expires_at, undoes
	FROM requests `

// queryRequests returns the requests that the clauses after FROM choose.
func queryRequests(ctx context.Context, db querier, clauses string, args ...any) ([]Request, error) {
	rows, err := db.query(ctx, selectRequests+clauses, args...)
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
			&r.MayHaveReached, &r.SeenListed, &r.Spelling, &r.ChatName, &r.People, &r.Reason, &r.HTTPStatus,
			&r.LinqSaid, &r.TraceID, &r.ThreadTS, &expiresAt, &r.Undoes)
		if err != nil {
			return nil, fmt.Errorf("load requests: %w", err)
		}
		r.AcceptedAt, r.SentAt, r.EndedAt = fromMicros(acceptedAt), fromMicros(sentAt), fromMicros(endedAt)
		r.FirstTryAt, r.NextTryAt = fromMicros(firstTryAt), fromMicros(nextTryAt)
		r.ExpiresAt = fromMicros(expiresAt)
		requests = append(requests, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load requests: %w", err)
	}
	return requests, nil
}

func queryRequest(ctx context.Context, db querier, clauses string, args ...any) (Request, error) {
	return queryLocked(ctx, db, "", clauses, args...)
}

// queryLocked is queryRequest with what keeps others from changing the row.
func queryLocked(ctx context.Context, db querier, lock, clauses string, args ...any) (Request, error) {
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
	return queryRequest(ctx, l.store.reader(), `WHERE id = $1`, id)
}

// History returns what happened to a request, oldest first.
func (l *Ledger) History(ctx context.Context, requestID string) ([]Event, error) {
	rows, err := l.store.reader().query(ctx,
		`SELECT at, state, cause, trace_id FROM history WHERE request_id = $1 ORDER BY id`, requestID)
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
		e.At = fromMicros(at)
		events = append(events, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load history: %w", err)
	}
	return events, nil
}
