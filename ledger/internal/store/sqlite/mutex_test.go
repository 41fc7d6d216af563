package sqlite

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

// An urgent holder goes before the others, one of which goes after it.
func TestPriorityMutexAlternates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var writing priorityMutex
		if err := writing.Lock(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, name := range []string{"work 1", "work 2", "work 3", "order 1", "order 2"} {
			go func() {
				if err := writing.Lock(t.Context(), name[0] == 'o'); err != nil {
					t.Error(err)
				}
				order = append(order, name)
				writing.Unlock()
			}()
			synctest.Wait() // they come one after the other
		}
		writing.Unlock()
		synctest.Wait()
		if want := []string{"order 1", "work 1", "order 2", "work 2", "work 3"}; !slices.Equal(order, want) {
			t.Errorf("in turn: %v, want %v", order, want)
		}
	})
}

func TestPriorityMutexOfOneThatGaveUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var writing priorityMutex
		if err := writing.Lock(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 1)
		go func() { gaveUp <- writing.Lock(ctx, false) }()
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		writing.Unlock()
		if err := writing.Lock(t.Context(), false); err != nil { // nobody holds it, and nobody waits
			t.Fatal(err)
		}
		writing.Unlock()
	})
}
