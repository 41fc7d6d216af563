package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func TestWhatAWebhookEventMayEnd(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{})
		r := accept(t, l, order("d1", "Ann@Example.com"))[0].Request
		awaiting := func() (ledger.Request, error) {
			return l.Awaiting(t.Context(), ledger.Remove, chat, ledger.NewSecret("ann@example.COM"))
		}
		if got, err := awaiting(); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("nothing was tried yet: %+v, %v", got, err)
		}
		for _, step := range []struct {
			change func(*ledger.Request)
			waits  bool
		}{
			{func(r *ledger.Request) { r.MayHaveReached = true }, true}, // a try is under way
			{func(r *ledger.Request) { r.State = ledger.Sent }, true},
			{func(r *ledger.Request) { r.State = ledger.Unconfirmed }, true},
			{func(r *ledger.Request) { r.State = ledger.Removed }, false},
		} {
			var err error
			if r, err = l.Request(t.Context(), r.ID); err != nil {
				t.Fatal(err)
			}
			step.change(&r)
			if _, err = l.Save(t.Context(), r, ledger.Change{Cause: "test"}); err != nil {
				t.Fatal(err)
			}
			if got, err := awaiting(); (err == nil) != step.waits || step.waits && got.ID != r.ID {
				t.Errorf("%s: %+v, %v", r.State, got, err)
			}
		}
	})
}

func TestWebhookEventsAreKeptOnce(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		s := ledger.WebhookEvent{EventID: "e1", Type: "participant.removed", ChatID: chat, Handle: ledger.NewSecret("+14155550132"), At: time.Now()}
		if known, err := l.HasWebhookEvent(t.Context(), "e1"); err != nil || known {
			t.Errorf("%t, %v", known, err)
		}
		for range 2 {
			if err := l.KeepWebhookEvent(context.WithoutCancel(t.Context()), s); err != nil {
				t.Fatal(err)
			}
		}
		if known, err := l.HasWebhookEvent(t.Context(), "e1"); err != nil || !known {
			t.Errorf("%t, %v", known, err)
		}
	})
}
