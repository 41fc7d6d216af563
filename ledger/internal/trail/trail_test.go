package trail

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/poll"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/storetest"
)

func quiet() *logrus.Entry {
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	return logger.WithField("part", "ledger")
}

// begin starts a trail, which is closed when the test ends.
func begin(t *testing.T, s store.Store, now func() time.Time) *Trail {
	t.Helper()
	trail := New(Config{Store: s, Now: now, Log: quiet()})
	t.Cleanup(trail.Close)
	return trail
}

func denial(delivery string) Note {
	return Note{Kind: Denied, Source: "command", TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "not named", Delivery: delivery}
}

func reading(delivery, words string) Note {
	return Note{Kind: Read, Source: "chats", TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "everyone", Searched: words, Delivery: delivery}
}

func keep(t *testing.T, trail *Trail, n Note) (repeated bool) {
	t.Helper()
	repeated, err := trail.Keep(t.Context(), n)
	assert.NilError(t, err)
	return repeated
}

// recorded returns how many notes have a row, and how many were left out.
func recorded(t *testing.T, s store.Store) (rows, leftOut int64) {
	t.Helper()
	for _, kind := range []Kind{Denied, Read} {
		for row, err := range Rows(t.Context(), s.Reader(), kind, Filter{}) {
			assert.NilError(t, err)
			rows, leftOut = rows+1, leftOut+row.LeftOut
		}
	}
	return rows, leftOut
}

// hold keeps denials from being written while do runs.
func hold(t *testing.T, s store.Store, do func()) {
	t.Helper()
	assert.NilError(t, s.InTx(t.Context(), func(tx store.Tx) error {
		if storetest.IsPostgres(s) {
			if _, err := tx.Exec(t.Context(), `LOCK TABLE denials IN EXCLUSIVE MODE`); err != nil {
				return err
			}
		}
		do()
		return nil
	}))
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	poll.WaitOn(t, func(poll.LogT) poll.Result {
		if ok() {
			return poll.Success()
		}
		return poll.Continue("waiting for %s", what)
	}, poll.WithTimeout(time.Minute), poll.WithDelay(10*time.Millisecond))
}

// Each cause has some rows at once, and then one a minute, which says how many have none. What has none
// spends its delivery all the same.
func TestDenialsAreBounded(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		var ahead atomic.Int64
		trail := begin(t, s, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
		const many, burst = 50, 30
		for i := range many {
			assert.Assert(t, !keep(t, trail, denial(fmt.Sprint("d", i))))
			assert.Assert(t, !keep(t, trail, reading(fmt.Sprint("r", i), fmt.Sprint("words ", i))))
		}
		other := denial("other")
		other.UserID = "U2"
		keep(t, trail, other)
		await(t, "all deliveries to be spent", func() bool { return storetest.Count(t, s, "events") == 2*many+1 })
		assert.Equal(t, storetest.Count(t, s, "denials"), burst+1)
		assert.Equal(t, storetest.Count(t, s, "readings"), burst)
		for i := range many {
			assert.Assert(t, keep(t, trail, denial(fmt.Sprint("d", i))))
		}

		trail.writeRest(t.Context(), false)
		assert.Equal(t, storetest.Count(t, s, "denials"), burst+1, "not yet")
		ahead.Store(int64(time.Minute))
		trail.writeRest(t.Context(), false)
		rows, leftOut := recorded(t, s)
		assert.Equal(t, rows, int64(2*burst+1+2))
		assert.Equal(t, leftOut, int64(2*(many-burst-1)))
		last := ""
		for row, err := range Rows(t.Context(), s.Reader(), Read, Filter{}) {
			assert.NilError(t, err)
			last = row.Searched
		}
		assert.Equal(t, last, "words 49", "the latest search")

		keep(t, trail, denial("one"))
		keep(t, trail, denial("two"))
		trail.Close()
		rows, leftOut = recorded(t, s)
		assert.Equal(t, rows+leftOut, int64(2*many+1+2), "what is left out at the end is counted too")
	})
}

// A person who is denied while the store is held up does not wait for it, and is on record afterwards.
func TestADenialOutlastsAHeldLedger(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		trail := begin(t, s, time.Now)
		hold(t, s, func() {
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // the look-up that ended in a denial took all the time
			_, err := trail.Keep(ctx, denial("d1"))
			assert.NilError(t, err)
			assert.Equal(t, storetest.Count(t, s, "denials"), 0)
		})
		await(t, "the denial", func() bool { return storetest.Count(t, s, "denials") == 1 })
		assert.Assert(t, keep(t, trail, denial("d1")))
	})
}

// Of what does not fit into memory while the store is held up, the number is kept.
func TestMoreDenialsThanFit(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		trail := begin(t, s, time.Now)
		const many = 1200
		var refused atomic.Int64
		hold(t, s, func() {
			var all sync.WaitGroup
			for i := range many {
				all.Go(func() {
					if _, err := trail.Keep(t.Context(), denial(fmt.Sprint("d", i))); err != nil {
						refused.Add(1)
					}
				})
			}
			all.Wait()
		})
		assert.Assert(t, refused.Load() > 0)
		await(t, "the others", func() bool { return int64(storetest.Count(t, s, "events")) == many-refused.Load() })
		trail.Close()
		rows, leftOut := recorded(t, s)
		assert.Equal(t, rows, int64(30+1))
		assert.Equal(t, rows+leftOut, int64(many))
	})
}
