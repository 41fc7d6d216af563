package commands_test

import (
	"context"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest/migrated"
)

// The ledger shows a delivery anew when the button on it has had its time.
func TestTheButtonDisappears(t *testing.T) {
	t.Parallel()
	l, err := ledger.Open(t.Context(), ledger.Config{URL: migrated.SQLite(t), Logger: quiet()})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.NilError(t, l.Close()) })
	shown := make(chan string, 100)
	nothing := func(context.Context, string) (time.Duration, error) { return 0, nil }
	const wait = 500 * time.Millisecond
	remove := func(ctx context.Context, id string) (time.Duration, error) {
		r, err := l.Request(ctx, id)
		if err != nil {
			return 0, err
		}
		r.State, r.EndedAt = ledger.Removed, time.Now()
		change := ledger.Change{Cause: "a test", News: true}
		if r.Delivery == "again" {
			change.ShowAgain = r.EndedAt.Add(wait)
		}
		_, err = l.Save(ctx, r, change)
		return 0, err
	}
	assert.NilError(t, l.Start(t.Context(), ledger.Workers{
		Try: remove, Confirm: nothing, Execute: nothing,
		Show: func(_ context.Context, delivery string) (time.Duration, error) {
			shown <- delivery
			return 0, nil
		},
	}))
	t.Cleanup(func() { assert.NilError(t, l.Stop(context.Background())) })
	for _, delivery := range []string{"once", "again"} {
		_, err := l.Accept(t.Context(), []ledger.Order{{
			Delivery: delivery, Kind: ledger.Remove, ChatID: chatID, Handle: ledger.NewSecret(delivery + "@example.com"),
		}})
		assert.NilError(t, err)
	}
	times := map[string]int{}
	for deadline := time.After(time.Minute); times["again"] < 2 || times["once"] < 1; {
		select {
		case delivery := <-shown:
			times[delivery]++
		case <-deadline:
			t.Fatalf("shown %v", times)
		}
	}
	assert.DeepEqual(t, times, map[string]int{"once": 1, "again": 2})
}
