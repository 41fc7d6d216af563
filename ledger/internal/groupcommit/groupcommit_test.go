package groupcommit_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/groupcommit"
	"linqbot/ledger/internal/store"
)

// transactions is a store whose transactions end as lost says.
type transactions struct {
	store.Store
	lost error // what a commit that went well answers
}

func (s *transactions) AcceptTx(_ context.Context, do func(store.Tx) error) error {
	if err := do(nil); err != nil {
		return err
	}
	return s.lost
}

// A caller may give up while its entry is being recorded. The others of its batch are committed without it.
func TestACallerThatGivesUpIsTakenOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		entered, release := make(chan struct{}), make(chan struct{})
		var batches [][]string
		c := groupcommit.New(groupcommit.Config[string]{
			Store: &transactions{},
			Size:  func(string) int { return 1 },
			Record: func(_ context.Context, _ store.Tx, entries []string) error {
				batches = append(batches, slices.Clone(entries))
				entered <- struct{}{}
				<-release
				return nil
			},
			Committed: func() {},
		})
		defer c.Close()
		answers := make(map[string]chan error)
		commit := func(ctx context.Context, entry string) {
			answers[entry] = make(chan error, 1)
			go func() { answers[entry] <- c.Commit(ctx, entry) }()
			synctest.Wait()
		}
		impatient, giveUp := context.WithCancel(t.Context())
		commit(t.Context(), "first")
		<-entered
		commit(impatient, "gives up")
		commit(t.Context(), "stays")
		release <- struct{}{}
		<-entered
		giveUp()
		assert.ErrorIs(t, <-answers["gives up"], groupcommit.ErrNotRecorded)
		release <- struct{}{}
		<-entered
		release <- struct{}{}
		assert.NilError(t, <-answers["first"])
		assert.NilError(t, <-answers["stays"])
		assert.DeepEqual(t, batches, [][]string{{"first"}, {"gives up", "stays"}, {"stays"}})
	})
}

// When the answer to a commit is lost, a look at the store decides; what is not seen there stays in doubt.
func TestALostAnswerIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, seen := range map[string]bool{"seen": true, "not seen": false} {
		c := groupcommit.New(groupcommit.Config[string]{
			Store:      &transactions{lost: store.ErrCommitUnknown},
			Size:       func(string) int { return 1 },
			Record:     func(context.Context, store.Tx, []string) error { return nil },
			IsRecorded: func(context.Context, []string) bool { return seen },
			Committed:  func() {},
		})
		err := c.Commit(t.Context(), "entry")
		assert.Equal(t, err == nil, seen, name)
		assert.Equal(t, errors.Is(err, groupcommit.ErrDoubtful), !seen, name)
		c.Close()
	}
}

// Each of many requests that others ask for as well may end just then, one after the other.
func TestABatchIsBegunAnewAsOftenAsThingsMove(t *testing.T) {
	t.Parallel()
	const ending = 10
	begun := 0
	c := groupcommit.New(groupcommit.Config[string]{
		Store: &transactions{},
		Size:  func(string) int { return 1 },
		Record: func(context.Context, store.Tx, []string) error {
			if begun++; begun <= ending {
				return store.ErrMoved
			}
			return nil
		},
		Committed: func() {},
	})
	defer c.Close()
	assert.NilError(t, c.Commit(t.Context(), "entry"))
	assert.Equal(t, begun, ending+1)
}
