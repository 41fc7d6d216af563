package requests

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
)

// Follower is a person who asked for a removal that was already under way.
type Follower struct {
	RequestID   string
	Delivery    string
	TeamID      string
	ChannelID   string
	UserID      string
	ResponseURL store.Secret
	At          time.Time
}

// Follow adds a person to those who asked for a removal that is under way. They know where its thread is, if there is
// one; otherwise they are told once there is. It returns the batch that is to be shown anew for that, "" for none.
func Follow(ctx context.Context, tx store.Querier, r Request, thread Thread, o Order, now time.Time) (batchID string, err error) {
	told := thread.Route == InThread && thread.TS != ""
	if _, err := tx.Exec(ctx, `
		INSERT INTO followers (request_id, delivery, team_id, channel_id, user_id, response_url, at, told)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING`,
		r.ID, o.Delivery, o.TeamID, o.ChannelID, o.UserID, o.ResponseURL.Value(), store.Micros(now), told); err != nil {
		return "", err
	}
	if told {
		return "", nil
	}
	if r.BatchID != "" {
		return r.BatchID, nil
	}
	// The first news may have been shown without this follower, so they are shown again. An open question is
	// private, and the yes to it is shown anyway.
	_, err = tx.Exec(ctx, `
		UPDATE requests SET news = news + 1, show_by = $1 WHERE id = $2 AND show_by = 0 AND state <> 'asked'`,
		store.Micros(now), r.ID)
	return "", err
}

// Untold returns those who asked for a removal of a delivery and do not yet know where its thread is.
func Untold(ctx context.Context, db store.Querier, delivery string) ([]Follower, error) {
	return queryFollowers(ctx, db, fmt.Sprintf(selectUntold, `r.delivery = $1`), delivery)
}

// UntoldOfBatch is [Untold] for a batch.
func UntoldOfBatch(ctx context.Context, db store.Querier, batchID string) ([]Follower, error) {
	return queryFollowers(ctx, db, fmt.Sprintf(selectUntold, ofBatch), batchID)
}

// FollowersOf returns those who asked for what was under way, oldest first, and not more than most.
func FollowersOf(ctx context.Context, db store.Querier, requestID string, most int) ([]Follower, error) {
	return queryFollowers(ctx, db, followersOf, requestID, most)
}

// ofBatch repeats the condition of the index requests_of_batch. Without it the index is not used.
const ofBatch = `r.batch_id <> '' AND r.batch_id = $1`

const selectFollowers = `
	SELECT f.request_id, f.delivery, f.team_id, f.channel_id, f.user_id, f.response_url, f.at
	FROM followers f `

const selectUntold = selectFollowers + `JOIN requests r ON r.id = f.request_id
	WHERE %s AND NOT f.told ORDER BY f.at`

const followersOf = selectFollowers + `WHERE f.request_id = $1 ORDER BY f.at LIMIT $2`

func queryFollowers(ctx context.Context, db store.Querier, query string, args ...any) ([]Follower, error) {
	followers, err := store.All(ctx, db, func(row store.Row) (f Follower, err error) {
		var at int64
		err = row.Scan(&f.RequestID, &f.Delivery, &f.TeamID, &f.ChannelID, &f.UserID, &f.ResponseURL, &at)
		f.At = store.FromMicros(at)
		return f, err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("load followers: %w", err)
	}
	return followers, nil
}

// MarkTold records that a follower knows where the thread is, or can no longer be told.
func MarkTold(ctx context.Context, db store.Querier, f Follower) error {
	_, err := db.Exec(ctx,
		`UPDATE followers SET told = TRUE WHERE request_id = $1 AND delivery = $2`, f.RequestID, f.Delivery)
	if err != nil {
		return fmt.Errorf("mark follower told: %w", err)
	}
	return nil
}
