package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// told keeps the changes of state that a ledger told of.
type told struct {
	mu      sync.Mutex
	changes []string
}

func (k *told) changed(t ledger.Transition) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t.At.IsZero() || t.Request.AcceptedAt.IsZero() {
		k.changes = append(k.changes, "at no time")
	}
	k.changes = append(k.changes, string(t.Request.Kind)+" "+string(t.Before)+" "+string(t.Request.State))
}

// want looks at what was told since it was last called.
func (k *told) want(t *testing.T, what string, changes ...string) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if !slices.Equal(k.changes, changes) {
		t.Errorf("%s: told %q, want %q", what, k.changes, changes)
	}
	k.changes = nil
}

func (k *told) none() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.changes) == 0
}

func TestChangesOfStateAreTold(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		var kept told
		var c clock
		l, err := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet(), Now: c.now, Changed: kept.changed})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		start(t, l, ledger.Workers{})
		save := func(r ledger.Request, s ledger.State) ledger.Request {
			t.Helper()
			r.State = s
			if r, err = l.Save(t.Context(), r, ledger.Change{Cause: "test"}); err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := accept(t, l, order("d1", "+14155550132"))[0].Request
		r = save(r, ledger.Accepted)
		kept.want(t, "nothing new")
		stale := r
		r = save(r, ledger.Sent)
		kept.want(t, "sent", "remove accepted sent")
		if _, err := l.Save(t.Context(), stale, ledger.Change{}); !errors.Is(err, ledger.ErrStale) {
			t.Errorf("a stale one: %v", err)
		}
		kept.want(t, "a change that is not stored")
		r = save(r, ledger.Unconfirmed)
		kept.want(t, "unconfirmed", "remove sent unconfirmed")
		save(r, ledger.Removed)
		kept.want(t, "a late webhook", "remove unconfirmed removed")

		decide := func(delivery string, yes bool) {
			t.Helper()
			if _, _, err := l.Decide(t.Context(), delivery, yes, "test"); err != nil {
				t.Fatal(err)
			}
		}
		accept(t, l, question("d2", "+14155550133"), question("d2", "+14155550134"))
		decide("d2", true)
		kept.want(t, "yes", "remove asked accepted", "remove asked accepted")
		decide("d2", false)
		kept.want(t, "what is decided already")
		accept(t, l, question("d3", "+14155550135"))
		decide("d3", false)
		kept.want(t, "no", "remove asked cancelled")

		accept(t, l, question("d4", "+14155550136"))
		c.ahead.Store(int64(11 * time.Minute))
		await(t, "the question to expire", func() bool { return !kept.none() })
		kept.want(t, "nobody answered", "remove asked cancelled")
	})
}

func TestHistoryAndStaleness(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		confirmed := make(chan string, 10)
		start(t, l, ledger.Workers{
			Try: func(ctx context.Context, id string) (time.Duration, error) {
				r, err := l.Request(ctx, id)
				if err != nil {
					return 0, err
				}
				stale := r
				r.State, r.SentAt, r.ListedHandle, r.People, r.ShownDigits = ledger.Sent, time.Now(), ledger.NewSecret("+14155550132"), 5, 7
				if _, err := l.Save(ctx, r, ledger.Change{Cause: "Linq answered 202", TraceID: "trace1", News: true}); err != nil {
					return 0, err
				}
				if _, err := l.Save(ctx, stale, ledger.Change{}); err == nil {
					t.Error("an old version was saved over a new one")
				}
				return 0, nil
			},
			Confirm: func(_ context.Context, id string) (time.Duration, error) {
				confirmed <- id
				return 0, nil
			},
		})
		request := accept(t, l, order("d1", "+14155550132"))[0].Request
		if got := <-confirmed; got != request.ID {
			t.Errorf("confirmed %s", got)
		}
		saved, err := l.Request(t.Context(), request.ID)
		if err != nil {
			t.Fatal(err)
		}
		if saved.ListedHandle.Value() != "+14155550132" || saved.People != 5 || saved.ShownDigits != 7 {
			t.Errorf("saved: %+v", saved)
		}
		events, err := l.Reader().History(t.Context(), request.ID, 10)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, e := range events {
			lines = append(lines, fmt.Sprintf("%s: %s %s", e.State, e.Cause, e.TraceID))
		}
		if got, want := strings.Join(lines, "\n"), "accepted: asked for by command \nsent: Linq answered 202 trace1"; got != want {
			t.Errorf("history:\n%s\nwant:\n%s", got, want)
		}
	})
}

// What others named their chat must not keep a request from ending.
func TestTextsThatAStoreCannotHold(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{Try: func(context.Context, string) (time.Duration, error) { return 0, nil }})
		r := accept(t, l, order("d1", "+14155550132"))[0].Request
		r.State, r.ChatName, r.LinqSaid = ledger.Refused, "Spring\x00 launch\xff", "no\x00"
		if _, err := l.Save(t.Context(), r, ledger.Change{Cause: "test\x00", News: true}); err != nil {
			t.Fatal(err)
		}
		if got, err := l.Request(t.Context(), r.ID); err != nil || !strings.HasPrefix(got.ChatName, "Spring") {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
