package batches

import (
	"context"
	"fmt"
	"slices"

	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// RecentBatch is a batch as a person finds it again: how far it has come, and where it shows.
type RecentBatch struct {
	Batch
	Progress Progress
	First    []BatchResult // the first item, if there is one
	Thread   requests.Thread
}

// recentBatches repeats the columns of the index batches_of_user. Without them it is not used.
const recentBatches = `WHERE user_id = $1 AND confirmed_at > 0 AND team_id = $2 AND source <> 'workflow' ORDER BY confirmed_at DESC LIMIT $3`

// RecentOf returns the batches that a person of a team had carried out last, the newest first, limit of them at
// most. What a workflow asked for in somebody's name is not theirs.
func RecentOf(ctx context.Context, db store.Querier, teamID, userID string, limit int) ([]RecentBatch, error) {
	ids, err := store.Strings(ctx, db, `SELECT id FROM batches `+recentBatches, userID, teamID, limit)
	if err != nil {
		return nil, fmt.Errorf("load batches: %w", err)
	}
	recent := make([]RecentBatch, len(ids))
	for i, id := range ids {
		if recent[i].Batch, err = Load(ctx, db, id); err != nil {
			return nil, err
		}
		if recent[i].Progress, err = CountItems(ctx, db, id); err != nil {
			return nil, err
		}
		if recent[i].First, err = Items(ctx, db, id, 0, 1); err != nil {
			return nil, err
		}
		if recent[i].Thread, err = requests.LoadThread(ctx, db, id); err != nil {
			return nil, err
		}
	}
	return recent, nil
}

// UndoneBy returns the batch that takes another back; [store.ErrNotFound] when nobody asked for that, or when it was
// declined.
func UndoneBy(ctx context.Context, db store.Querier, id string) (Batch, error) {
	return load(ctx, db,
		`WHERE undoes <> '' AND undoes = $1 AND state NOT IN ('declined', 'unplanned') ORDER BY id DESC LIMIT 1`, id)
}

// UnderWay returns the batch of an operator that does what another one would do, and has not ended;
// [store.ErrNotFound] when there is none.
func UnderWay(ctx context.Context, in store.Querier, o BatchOrder) (Batch, error) {
	ids, err := store.Strings(ctx, in, `
		SELECT id FROM batches WHERE ended_at = 0 AND source = 'operator' AND job = $1 AND kind = $2 AND chat_id = $3 AND dry_run = $4
		ORDER BY id`, string(o.Job), string(o.Kind), o.ChatID, o.DryRun)
	if err != nil {
		return Batch{}, fmt.Errorf("look for a batch: %w", err)
	}
	for _, id := range ids {
		b, err := Load(ctx, in, id)
		if err != nil {
			return Batch{}, err
		}
		if samePeople(b.Handles, o.Handles) {
			return b, nil
		}
	}
	return Batch{}, store.ErrNotFound
}

// samePeople compares people whatever their order.
func samePeople(one, other []store.Secret) bool {
	keys := func(people []store.Secret) []string {
		all := make([]string, len(people))
		for i, each := range people {
			all[i] = requests.Order{Handle: each}.HandleKey()
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(keys(one), keys(other))
}

// Newest returns the newest batches, and not more than most.
func Newest(ctx context.Context, db store.Querier, most int) ([]Batch, error) {
	batches, err := store.All(ctx, db, scanBatch, selectBatches+newestClauses, most)
	if err != nil {
		return nil, fmt.Errorf("load batches: %w", err)
	}
	return batches, nil
}

const newestClauses = `ORDER BY id DESC LIMIT $1`

// Named returns the newest batch with this id or short id; [store.ErrNotFound] when there is none.
func Named(ctx context.Context, db store.Querier, id string) (Batch, error) {
	if len(id) == store.IDLength {
		return Load(ctx, db, id)
	}
	return load(ctx, db, store.NamedClauses("batches"), id, 1)
}

// Lookup returns the batches whose id, or whose short id, begins with part, or whose id ends with it; the oldest first,
// and not more than most. part is of hexadecimal digits and hyphens.
func Lookup(ctx context.Context, db store.Querier, part string, most int) ([]Batch, error) {
	ids, err := store.Strings(ctx, db, `SELECT id FROM batches `+store.LookupClauses(most), part+"%", "%"+part)
	if err != nil {
		return nil, fmt.Errorf("load batches: %w", err)
	}
	found := make([]Batch, len(ids))
	for i, id := range ids {
		if found[i], err = Load(ctx, db, id); err != nil {
			return nil, err
		}
	}
	return found, nil
}
