package reconcile_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/reconcile"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// lineBook is a list of lines that tests change, and count the readings of.
type lineBook struct {
	mu      sync.Mutex
	numbers accountLines
	err     error
	hold    chan struct{} // a reading waits for it; nil: none does
	reads   int
}

func (b *lineBook) PhoneNumbers(context.Context) ([]linq.PhoneNumber, error) {
	b.mu.Lock()
	b.reads++
	numbers, err, hold := b.numbers, b.err, b.hold
	b.mu.Unlock()
	if hold != nil {
		<-hold
	}
	return numbers, err
}

func (b *lineBook) set(change func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change()
}

func lines(numbers ...string) (all accountLines) {
	for _, number := range numbers {
		all = append(all, linq.PhoneNumber{Number: handle.New(number)})
	}
	return all
}

// The list is read once for all who ask, renewed behind them, and does not count for ever.
func TestLinesAreKeptAndRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const second = "+12025550101"
		book := &lineBook{numbers: lines(line)}
		own := reconcile.NewOwnLines(reconcile.OwnLinesConfig{Reader: book, Logger: quiet()})
		ours := func(person string) bool {
			t.Helper()
			found, err := own.Ours(t.Context(), nil, handle.New(person))
			assert.NilError(t, err)
			return found
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { assert.Check(t, ours(line)) })
		}
		all.Wait()
		assert.Equal(t, book.reads, 1)

		hold := make(chan struct{})
		book.set(func() { book.numbers, book.hold = lines(line, second), hold })
		time.Sleep(5 * time.Minute)
		assert.Assert(t, ours(line) && !ours(second), "nobody waits for the renewal")
		close(hold)
		synctest.Wait()
		assert.Assert(t, ours(line) && ours(second))
		assert.Equal(t, book.reads, 2)

		book.set(func() { book.err = context.DeadlineExceeded })
		for range 11 {
			time.Sleep(5 * time.Minute)
			assert.Assert(t, ours(second))
			synctest.Wait()
		}
		time.Sleep(5 * time.Minute)
		_, err := own.Ours(t.Context(), nil, handle.New(second))
		assert.ErrorIs(t, err, context.DeadlineExceeded, "an hour later")
	})
}

// Those who ask while the list cannot be read share its readings, and a wait that Linq asks for is kept.
func TestAListThatFailsIsNotHammered(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err   error
		reads int
	}{
		"trouble":    {&linq.Error{HTTPStatus: 500}, 12},
		"a long way": {&linq.Error{HTTPStatus: 429, RetryAfter: 30 * time.Second}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				book := &lineBook{err: test.err}
				own := reconcile.NewOwnLines(reconcile.OwnLinesConfig{Reader: book, Logger: quiet()})
				for range 600 {
					_, err := own.Ours(t.Context(), nil, handle.New(ada))
					assert.ErrorIs(t, err, test.err)
					own.Refresh(t.Context())
					time.Sleep(100 * time.Millisecond)
				}
				assert.Equal(t, book.reads, test.reads)
			})
		})
	}
}
