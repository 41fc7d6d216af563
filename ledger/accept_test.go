package ledger_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func TestAcceptOutcomes(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		first := accept(t, l, order("d1", "+14155550132"))[0]
		if first.Outcome != ledger.Recorded || first.Request.State != ledger.Accepted {
			t.Fatalf("first: %+v", first)
		}
		again := accept(t, l, order("d1", "+14155550132"))[0]
		if again.Outcome != ledger.Redelivered || again.Request.ID != first.Request.ID {
			t.Errorf("the same delivery: %+v", again)
		}
		other := order("d2", "+14155550132")
		other.UserID = "U2"
		under := accept(t, l, other)[0]
		if under.Outcome != ledger.UnderWay || under.Request.ID != first.Request.ID || under.Request.UserID != "U1" {
			t.Errorf("somebody else's request for the same: %+v", under)
		}
		if got := accept(t, l, order("d3", "Ann@Example.com"), order("d3", "bob@example.com")); got[0].Outcome != ledger.Recorded || got[1].Outcome != ledger.Recorded {
			t.Errorf("two in one delivery: %+v", got)
		}
		if got := accept(t, l, order("d4", "ann@example.COM"))[0]; got.Outcome != ledger.UnderWay {
			t.Errorf("handles are compared without regard to case: %+v", got)
		}
	})
}

func TestAcceptAgainAfterTheEnd(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
			return 0, end(ctx, l, id, ledger.Refused)
		}})
		first := accept(t, l, order("d1", "+14155550132"))[0].Request
		await(t, "the end of the first", func() bool { return state(t, l, first.ID) == ledger.Refused })
		if got := accept(t, l, order("d2", "+14155550132"))[0]; got.Outcome != ledger.Recorded {
			t.Errorf("a new request after the first ended: %+v", got)
		}
		if got := accept(t, l, order("d1", "+14155550132"))[0]; got.Outcome != ledger.Redelivered {
			t.Errorf("a late redelivery: %+v", got)
		}
	})
}

func TestAFollowersRedelivery(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		release := make(chan struct{})
		start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
			<-release
			return 0, end(ctx, l, id, ledger.Refused)
		}})
		first := accept(t, l, order("d1", "+14155550132"))[0].Request
		if got := accept(t, l, order("d2", "+14155550132"))[0]; got.Outcome != ledger.UnderWay {
			t.Fatalf("%+v", got)
		}
		close(release)
		await(t, "the end of the first", func() bool { return state(t, l, first.ID) == ledger.Refused })
		if got := accept(t, l, order("d2", "+14155550132"))[0]; got.Outcome != ledger.Redelivered || got.Request.ID != first.ID {
			t.Errorf("a follower's delivery came again and became a request of its own: %+v", got)
		}
	})
}

func TestOneDeliveryAHundredTimesAtOnce(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		var ran atomic.Int32
		start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
			ran.Add(1)
			return 0, end(ctx, l, id, ledger.Refused)
		}})
		ids := make([]string, 100)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				got, err := l.Accept(t.Context(), []ledger.Order{order("same", "+14155550132")})
				if err != nil {
					t.Error(err)
					return
				}
				ids[i] = got[0].Request.ID
			})
		}
		all.Wait()
		slices.Sort(ids)
		if distinct := slices.Compact(ids); len(distinct) != 1 {
			t.Fatalf("%d requests of one delivery", len(distinct))
		}
		await(t, "the end", func() bool { return state(t, l, ids[0]) == ledger.Refused })
		if n := ran.Load(); n != 1 {
			t.Errorf("ran %d times", n)
		}
	})
}
