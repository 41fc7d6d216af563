package ledger

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

// Orders go before the work, one of which goes after each of them.
func TestTurnsAlternate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var writing turn
		if err := writing.take(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, name := range []string{"work 1", "work 2", "work 3", "order 1", "order 2"} {
			go func() {
				if err := writing.take(t.Context(), name[0] == 'o'); err != nil {
					t.Error(err)
				}
				order = append(order, name)
				writing.give()
			}()
			synctest.Wait() // they come one after the other
		}
		writing.give()
		synctest.Wait()
		if want := []string{"order 1", "work 1", "order 2", "work 2", "work 3"}; !slices.Equal(order, want) {
			t.Errorf("in turn: %v, want %v", order, want)
		}
	})
}

func TestATurnThatIsNoLongerWanted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var writing turn
		if err := writing.take(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() { gaveUp <- writing.take(ctx, false) }()
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		writing.give()
		if err := writing.take(t.Context(), false); err != nil { // nobody holds it, and nobody waits
			t.Fatal(err)
		}
		writing.give()
	})
}
