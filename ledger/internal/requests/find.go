package requests

import (
	"context"

	"linqbot/ledger/internal/store"
)

// Named returns the requests with this id or short id, the newest first, and not more than most. A short id is looked
// for among the newest 100,000; [Lookup] looks among all.
func Named(ctx context.Context, db store.Querier, id string, most int) ([]Request, error) {
	if len(id) == store.IDLength {
		return Query(ctx, db, `WHERE id = $1`, id)
	}
	return Query(ctx, db, store.NamedClauses("requests"), id, most)
}

// Lookup returns the requests whose id, or whose short id, begins with part, or whose id ends with it; the
// oldest first, and not more than most. part is of hexadecimal digits and hyphens.
func Lookup(ctx context.Context, db store.Querier, part string, most int) ([]Request, error) {
	return Query(ctx, db, store.LookupClauses(most), part+"%", "%"+part)
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
func RecentOf(ctx context.Context, db store.Querier, teamID, userID string, limit int) ([]Recent, error) {
	requests, err := Query(ctx, db, recentClauses, userID, teamID, limit)
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
			if thread, err = LoadThread(ctx, db, request.Delivery); err != nil {
				return nil, err
			}
			threads[request.Delivery] = thread
		}
		recent[i] = Recent{Request: request, Thread: thread}
	}
	return recent, nil
}
