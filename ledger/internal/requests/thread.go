package requests

import (
	"context"
	"database/sql"
	"encoding/json"
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

// View is everything that is to show of one delivery.
type View struct {
	Thread   Thread
	Requests []Request        // in the order in which they were asked for
	Replies  map[string]Reply // by request id
}

// ViewOf returns what is to show of a delivery; [store.ErrNotFound] when there is no such delivery.
func ViewOf(ctx context.Context, db store.Querier, delivery string) (View, error) {
	view := View{Replies: make(map[string]Reply)}
	requests, err := ofDelivery(ctx, db, delivery)
	if err != nil {
		return View{}, err
	}
	if len(requests) == 0 {
		return View{}, fmt.Errorf("view delivery: %w", store.ErrNotFound)
	}
	if err := markUndone(ctx, db, requests); err != nil {
		return View{}, err
	}
	view.Requests = requests
	if view.Thread, err = LoadThread(ctx, db, delivery); err != nil {
		return View{}, err
	}
	for _, request := range requests {
		reply, err := loadReply(ctx, db, request.ID)
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

// LoadThread returns where a delivery or a batch shows; what shows nowhere has the zero Thread with its name.
func LoadThread(ctx context.Context, db store.Querier, delivery string) (Thread, error) {
	thread, err := scanThread(db.QueryRow(ctx, selectThreads+`WHERE delivery = $1`, delivery))
	if errors.Is(err, sql.ErrNoRows) {
		return Thread{Delivery: delivery}, nil
	}
	if err != nil {
		return Thread{}, fmt.Errorf("load thread: %w", err)
	}
	return thread, nil
}

// LoadThreads is [LoadThread] for several.
func LoadThreads(ctx context.Context, db store.Querier, d store.Dialect, deliveries []string) (map[string]Thread, error) {
	list, err := json.Marshal(deliveries)
	if err != nil {
		return nil, err
	}
	found, err := db.Query(ctx, selectThreads+`WHERE delivery `+d.InList("$1"), string(list))
	if err != nil {
		return nil, err
	}
	defer found.Close()
	threads := make(map[string]Thread)
	for _, delivery := range deliveries {
		threads[delivery] = Thread{Delivery: delivery}
	}
	for found.Next() {
		thread, err := scanThread(found)
		if err != nil {
			return nil, err
		}
		threads[thread.Delivery] = thread
	}
	return threads, found.Err()
}

// SaveThread stores where a delivery shows.
func SaveThread(ctx context.Context, db store.Querier, t Thread) error {
	_, err := db.Exec(ctx, `
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
func SaveReply(ctx context.Context, db store.Querier, r Reply) error {
	_, err := db.Exec(ctx, `
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
