package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
)

// Route is the way by which people are told of an outcome.
type Route string

// The routes, in the order in which they are tried.
const (
	InThread      Route = "thread"
	ByResponseURL Route = "response_url"
	ByDirect      Route = "direct_message"
	Undelivered   Route = "undelivered"
	Nowhere       Route = "nowhere" // nobody named a place
)

// Posting is one message of ours and what is known of it.
type Posting struct {
	ChannelID string
	TS        string    // empty until the message is known to be posted
	Shown     string    // digest of what it shows
	Since     time.Time // when a post was begun whose end is not known; zero if there is none
	Doubts    int       // posts whose answer was lost, and that were not found afterwards
}

// Thread is where a delivery shows in Slack. Its posting is the parent message or, on the route of
// a direct message, that message.
type Thread struct {
	Delivery string
	Route    Route // empty until something was posted or found impossible
	Posting
	ResponseUses int       // how often the response_url was used
	Trouble      string    // why the last posting failed, or why the route was left; empty when all is well
	TroubleSince time.Time // since when nothing could be posted; zero when all is well
}

// Reply is the status message of a request in its thread, and what is known of the one reply beside it, or in its
// place, that mentions who asked.
type Reply struct {
	RequestID string
	Posting
	Mention   Posting
	Mentioned bool // a mention was posted, whatever became of it: there is no second
}

// Follower is a person who asked for a removal that was already under way.
type Follower struct {
	RequestID   string
	Delivery    string
	TeamID      string
	ChannelID   string
	UserID      string
	ResponseURL Secret
	At          time.Time
}

// View is everything that is to show of one delivery.
type View struct {
	Thread   Thread
	Requests []Request        // in the order in which they were asked for
	Replies  map[string]Reply // by request id
}

// View returns what is to show of a delivery; [ErrNotFound] when there is no such delivery.
func (l *Ledger) View(ctx context.Context, delivery string) (View, error) {
	view := View{Replies: make(map[string]Reply)}
	requests, err := queryRequests(ctx, l.store.Reader(), `WHERE delivery = $1 ORDER BY id`, delivery)
	if err != nil {
		return View{}, err
	}
	if len(requests) == 0 {
		return View{}, fmt.Errorf("view delivery: %w", ErrNotFound)
	}
	if err := markUndone(ctx, l.store.Reader(), requests); err != nil {
		return View{}, err
	}
	view.Requests = requests
	if view.Thread, err = loadThread(ctx, l.store.Reader(), delivery); err != nil {
		return View{}, err
	}
	for _, request := range requests {
		reply, err := loadReply(ctx, l.store.Reader(), request.ID)
		if err != nil {
			return View{}, err
		}
		view.Replies[request.ID] = reply
	}
	return view, nil
}

const selectThreads = `
	SELECT delivery, route, channel_id, ts, shown, posting_since, doubts, response_uses, trouble, trouble_since
	FROM threads `

func scanThread(from store.Row) (Thread, error) {
	var t Thread
	var since, troubleSince int64
	err := from.Scan(&t.Delivery, &t.Route, &t.ChannelID, &t.TS, &t.Shown, &since, &t.Doubts, &t.ResponseUses, &t.Trouble, &troubleSince)
	t.Since, t.TroubleSince = store.FromMicros(since), store.FromMicros(troubleSince)
	return t, err
}

func loadThread(ctx context.Context, db store.Querier, delivery string) (Thread, error) {
	thread, err := scanThread(db.QueryRow(ctx, selectThreads+`WHERE delivery = $1`, delivery))
	if errors.Is(err, sql.ErrNoRows) {
		return Thread{Delivery: delivery}, nil
	}
	if err != nil {
		return Thread{}, fmt.Errorf("load thread: %w", err)
	}
	return thread, nil
}

// SaveThread stores where a delivery shows.
func (l *Ledger) SaveThread(ctx context.Context, t Thread) error {
	_, err := l.store.Writer().Exec(ctx, `
		INSERT INTO threads (delivery, route, channel_id, ts, shown, posting_since, doubts, response_uses, trouble, trouble_since)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (delivery) DO UPDATE SET
			route = excluded.route, channel_id = excluded.channel_id, ts = excluded.ts, shown = excluded.shown,
			posting_since = excluded.posting_since, doubts = excluded.doubts, response_uses = excluded.response_uses,
			trouble = excluded.trouble, trouble_since = excluded.trouble_since`,
		t.Delivery, string(t.Route), t.ChannelID, t.TS, t.Shown, store.Micros(t.Since), t.Doubts,
		t.ResponseUses, t.Trouble, store.Micros(t.TroubleSince))
	if err != nil {
		return fmt.Errorf("save thread: %w", err)
	}
	return nil
}

func loadReply(ctx context.Context, db store.Querier, requestID string) (Reply, error) {
	reply := Reply{RequestID: requestID}
	var since, mentionSince int64
	err := db.QueryRow(ctx, `
		SELECT channel_id, ts, shown, posting_since, doubts,
			mention_channel_id, mention_ts, mention_shown, mention_since, mention_doubts, mentioned
		FROM replies WHERE request_id = $1`, requestID).
		Scan(&reply.ChannelID, &reply.TS, &reply.Shown, &since, &reply.Doubts,
			&reply.Mention.ChannelID, &reply.Mention.TS, &reply.Mention.Shown, &mentionSince, &reply.Mention.Doubts, &reply.Mentioned)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Reply{}, fmt.Errorf("load reply: %w", err)
	}
	reply.Since, reply.Mention.Since = store.FromMicros(since), store.FromMicros(mentionSince)
	return reply, nil
}

// SaveReply stores what the status message of a request shows, and the mention beside it.
func (l *Ledger) SaveReply(ctx context.Context, r Reply) error {
	_, err := l.store.Writer().Exec(ctx, `
		INSERT INTO replies (request_id, channel_id, ts, shown, posting_since, doubts,
			mention_channel_id, mention_ts, mention_shown, mention_since, mention_doubts, mentioned)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (request_id) DO UPDATE SET
			channel_id = excluded.channel_id, ts = excluded.ts, shown = excluded.shown,
			posting_since = excluded.posting_since, doubts = excluded.doubts,
			mention_channel_id = excluded.mention_channel_id, mention_ts = excluded.mention_ts,
			mention_shown = excluded.mention_shown, mention_since = excluded.mention_since,
			mention_doubts = excluded.mention_doubts, mentioned = excluded.mentioned`,
		r.RequestID, r.ChannelID, r.TS, r.Shown, store.Micros(r.Since), r.Doubts,
		r.Mention.ChannelID, r.Mention.TS, r.Mention.Shown, store.Micros(r.Mention.Since), r.Mention.Doubts, r.Mentioned)
	if err != nil {
		return fmt.Errorf("save reply: %w", err)
	}
	return nil
}

// UntoldFollowers returns those who asked for a removal of this delivery and do not yet know where
// its thread is.
func (l *Ledger) UntoldFollowers(ctx context.Context, delivery string) ([]Follower, error) {
	return l.untoldFollowers(ctx, `r.delivery = $1`, delivery)
}

// ofBatch repeats the condition of the index requests_of_batch. Without it the index is not used.
const ofBatch = `r.batch_id <> '' AND r.batch_id = $1`

// UntoldBatchFollowers returns those who asked for a removal of this batch and do not yet know where its thread is.
func (l *Ledger) UntoldBatchFollowers(ctx context.Context, batchID string) ([]Follower, error) {
	return l.untoldFollowers(ctx, ofBatch, batchID)
}

const selectFollowers = `
	SELECT f.request_id, f.delivery, f.team_id, f.channel_id, f.user_id, f.response_url, f.at
	FROM followers f `

const selectUntold = selectFollowers + `JOIN requests r ON r.id = f.request_id
	WHERE %s AND NOT f.told ORDER BY f.at`

func (l *Ledger) untoldFollowers(ctx context.Context, condition, of string) ([]Follower, error) {
	return queryFollowers(ctx, l.store.Reader(), fmt.Sprintf(selectUntold, condition), of)
}

func queryFollowers(ctx context.Context, db store.Querier, query string, args ...any) ([]Follower, error) {
	rows, err := db.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("load followers: %w", err)
	}
	defer rows.Close()
	var followers []Follower
	for rows.Next() {
		var f Follower
		var at int64
		if err := rows.Scan(&f.RequestID, &f.Delivery, &f.TeamID, &f.ChannelID, &f.UserID, &f.ResponseURL, &at); err != nil {
			return nil, fmt.Errorf("load followers: %w", err)
		}
		f.At = store.FromMicros(at)
		followers = append(followers, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load followers: %w", err)
	}
	return followers, nil
}

// MarkTold records that a follower knows where the thread is, or can no longer be told.
func (l *Ledger) MarkTold(ctx context.Context, f Follower) error {
	_, err := l.store.Writer().Exec(ctx,
		`UPDATE followers SET told = TRUE WHERE request_id = $1 AND delivery = $2`, f.RequestID, f.Delivery)
	if err != nil {
		return fmt.Errorf("mark follower told: %w", err)
	}
	return nil
}
