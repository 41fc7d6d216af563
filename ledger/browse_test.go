package ledger_test

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func TestARequestIsFoundByItsIDs(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		taken := accept(t, l, order("d1", "+14155550132"), order("d1", "+14155550133"))
		want := taken[0].Request
		for _, id := range []string{want.ID, want.ShortID()} {
			found, err := l.Reader().RequestsNamed(t.Context(), id, 2)
			assert.NilError(t, err)
			assert.Equal(t, len(found), 1, id)
			assert.Equal(t, found[0].ID, want.ID)
		}
		for _, id := range []string{"00000000", want.ShortID()[:7], "%", ""} {
			found, err := l.Reader().RequestsNamed(t.Context(), id, 2)
			assert.NilError(t, err)
			assert.Equal(t, len(found), 0, id)
		}
	})
}

func TestABatchIsFoundByItsIDs(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		first := proposed(t, l, "d1", 2)
		second := proposed(t, l, "d2", 2)
		for _, id := range []string{first.ID, first.ShortID()} {
			found, err := l.Reader().BatchNamed(t.Context(), id)
			assert.NilError(t, err)
			assert.Equal(t, found.ID, first.ID)
		}
		_, err := l.Reader().BatchNamed(t.Context(), "00000000")
		assert.ErrorIs(t, err, ledger.ErrNotFound)

		newest, err := l.Reader().NewestBatches(t.Context(), 5)
		assert.NilError(t, err)
		assert.Equal(t, len(newest), 2)
		assert.Equal(t, newest[0].ID, second.ID)
		progress, err := l.Reader().Progress(t.Context(), first.ID)
		assert.NilError(t, err)
		assert.Equal(t, progress.NotAsked(), 2)
		history, err := l.Reader().BatchHistory(t.Context(), first.ID, 1)
		assert.NilError(t, err)
		assert.Equal(t, len(history), 1)
		assert.Equal(t, history[0].Cause, "asked for by command")
	})
}

func TestWhatBelongsToARequest(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{})
		removal := accept(t, l, order("d1", "+14155550132"))[0].Request
		accept(t, l, order("d2", "+14155550132")) // follows
		await(t, "the removal to be handed over", func() bool {
			history, err := l.Reader().History(t.Context(), removal.ID, 1)
			return err == nil && len(history) == 1
		})
		assert.NilError(t, end(t.Context(), l, removal.ID, ledger.Removed))
		undo := order("d3", "+14155550132")
		undo.Kind, undo.Undoes = ledger.Add, removal.ID
		added := accept(t, l, undo)[0].Request

		history, err := l.Reader().History(t.Context(), removal.ID, 10)
		assert.NilError(t, err)
		assert.Equal(t, len(history), 2)
		assert.Equal(t, history[1].State, ledger.Removed)
		followers, err := l.Reader().Followers(t.Context(), removal.ID, 10)
		assert.NilError(t, err)
		assert.Equal(t, len(followers), 1)
		by, err := l.Reader().UndoneBy(t.Context(), removal.ID)
		assert.NilError(t, err)
		assert.Equal(t, by, added.ID)
		by, err = l.Reader().UndoneBy(t.Context(), added.ID)
		assert.NilError(t, err)
		assert.Equal(t, by, "")
	})
}

// To look at the last probe is no probe.
func TestTheLastProbe(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		assert.Assert(t, !l.Working())
		start(t, l, ledger.Workers{})
		assert.Assert(t, l.Working())
		assert.Assert(t, l.LastProbe().At.IsZero())
		before := time.Now()
		assert.NilError(t, l.Ready(t.Context()))
		assert.Assert(t, !l.LastProbe().At.Before(before.Add(-time.Second)))
		assert.NilError(t, l.LastProbe().Err)
	})
}
