package ledger

import "context"

// Recent is a request as a person finds it again: how far it has come, and where it shows.
type Recent struct {
	Request        // with Undone, as in a [View]
	Thread  Thread // of its delivery
}

// recentClauses spell the condition of the index requests_of_user as it does, or it is not used.
const recentClauses = `WHERE user_id = $1 AND source <> 'workflow' AND team_id = $2 ORDER BY id DESC LIMIT $3`

// RecentOf returns what a person of a team asked for last, the newest first, limit of them at most.
// What a workflow asked for in somebody's name is not theirs.
func (l *Ledger) RecentOf(ctx context.Context, teamID, userID string, limit int) ([]Recent, error) {
	db := l.store.reader()
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
