package ledger_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

const chat = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"

func order(delivery, handle string) ledger.Order {
	return ledger.Order{
		Delivery: delivery, Kind: ledger.Remove, Source: ledger.SlashCommand,
		TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "user U1",
		ResponseURL: ledger.NewSecret("https://hooks.example.com/" + delivery),
		ChatID:      chat, Handle: ledger.NewSecret(handle),
	}
}

func quiet() *logrus.Logger {
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	return logger
}

// open opens the ledger at url, and closes it when the test ends.
func open(t testing.TB, url string) *ledger.Ledger {
	t.Helper()
	l := openURL(t, url)
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func openURL(t testing.TB, url string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func nothing(context.Context, string) (time.Duration, error) { return 0, nil }

func start(t testing.TB, l *ledger.Ledger, w ledger.Workers) {
	t.Helper()
	for _, step := range []*ledger.Step{&w.Try, &w.Confirm, &w.Show, &w.Execute} {
		if *step == nil {
			*step = nothing
		}
	}
	if err := l.Start(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, l) })
}

func stop(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := l.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func accept(t testing.TB, l *ledger.Ledger, orders ...ledger.Order) []ledger.Acceptance {
	t.Helper()
	got, err := l.Accept(t.Context(), orders)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute) // for a machine that is busy with other things
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

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

func end(ctx context.Context, l *ledger.Ledger, id string, s ledger.State) error {
	r, err := l.Request(ctx, id)
	if err != nil {
		return err
	}
	r.State = s
	_, err = l.Save(ctx, r, ledger.Change{Cause: "test", TraceID: "abc", News: true})
	return err
}

func state(t testing.TB, l *ledger.Ledger, id string) ledger.State {
	t.Helper()
	r, err := l.Request(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r.State
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
				r.State, r.SentAt, r.Spelling, r.People = ledger.Sent, time.Now(), ledger.NewSecret("+14155550132"), 5
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
		events, err := l.History(t.Context(), request.ID)
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

// News that come while a showing runs must be shown, all of them by the next one, and by one showing at
// a time.
func TestShowingCoalescesAndMissesNothing(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		looked, saved := make(chan struct{}), make(chan struct{})
		var side, runs atomic.Int32
		var sideBySide atomic.Bool
		var last atomic.Value
		start(t, l, ledger.Workers{
			Try: func(ctx context.Context, id string) (time.Duration, error) {
				for i := range 40 {
					r, err := l.Request(ctx, id)
					if err != nil {
						return 0, err
					}
					r.Reason = fmt.Sprint(i)
					if i == 39 {
						r.State = ledger.Failed
					}
					if _, err := l.Save(ctx, r, ledger.Change{Cause: "news", News: true}); err != nil {
						return 0, err
					}
					select {
					case <-looked: // the first showing has begun, and knows of no later news
					case <-ctx.Done():
						return 0, ctx.Err()
					}
				}
				close(saved)
				return 0, nil
			},
			Show: func(ctx context.Context, delivery string) (time.Duration, error) {
				if side.Add(1) > 1 {
					sideBySide.Store(true)
				}
				defer side.Add(-1)
				view, err := l.View(ctx, delivery)
				if err != nil {
					return 0, err
				}
				if runs.Add(1) == 1 {
					close(looked)
				}
				select {
				case <-saved:
				case <-ctx.Done():
					return 0, ctx.Err()
				}
				last.Store(view.Requests[0].Reason)
				return 0, nil
			},
		})
		accept(t, l, order("d1", "+14155550132"))
		await(t, "the last news to be shown", func() bool { return last.Load() == "39" })
		stop(t, l) // which lets a showing come to its end
		assert.Assert(t, !sideBySide.Load(), "showings of one thread side by side")
		assert.Equal(t, runs.Load(), int32(2), "one showing of what there was, and one of all that came meanwhile")
	})
}

func TestShownWithoutNews(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		shown := make(chan string, 10)
		release := make(chan struct{})
		start(t, l, ledger.Workers{
			Try: func(context.Context, string) (time.Duration, error) { <-release; return 0, nil },
			Show: func(_ context.Context, delivery string) (time.Duration, error) {
				shown <- delivery
				return 0, nil
			},
		})
		defer close(release)
		accept(t, l, order("d1", "+14155550132"))
		<-shown
	})
}

func TestStepsAreRunAgain(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		var runs atomic.Int32
		start(t, l, ledger.Workers{Try: func(context.Context, string) (time.Duration, error) {
			switch runs.Add(1) {
			case 1:
				return 100 * time.Millisecond, nil
			case 2:
				return 0, fmt.Errorf("unexpected")
			case 3:
				panic("worse")
			default:
				return 0, nil
			}
		}})
		accept(t, l, order("d1", "+14155550132"))
		await(t, "the fourth run", func() bool { return runs.Load() == 4 })
	})
}

func TestFollowersAreToldOnce(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		accept(t, l, order("d1", "+14155550132"))
		second := order("d2", "+14155550132")
		second.UserID = "U2"
		accept(t, l, second)
		followers, err := l.UntoldFollowers(t.Context(), "d1")
		if err != nil || len(followers) != 1 || followers[0].UserID != "U2" {
			t.Fatalf("followers: %+v, %v", followers, err)
		}
		if err := l.MarkTold(t.Context(), followers[0]); err != nil {
			t.Fatal(err)
		}
		if err := l.SaveThread(t.Context(), ledger.Thread{Delivery: "d1", Route: ledger.InThread, Posting: ledger.Posting{ChannelID: "C1", TS: "1.2"}}); err != nil {
			t.Fatal(err)
		}
		third := accept(t, l, order("d3", "+14155550132"))[0]
		if third.Thread.TS != "1.2" {
			t.Errorf("the thread is known, but %+v", third.Thread)
		}
		if followers, err = l.UntoldFollowers(t.Context(), "d1"); err != nil || len(followers) != 0 {
			t.Errorf("still untold: %+v, %v", followers, err)
		}
	})
}

func TestNothingPrivatePrints(t *testing.T) {
	t.Parallel()
	r := ledger.Request{Order: order("d1", "+14155550132"), Spelling: ledger.NewSecret("+14155550132")}
	wrapped := struct{ request ledger.Request }{r} // fmt calls no methods on unexported fields
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, r) + fmt.Sprintf(verb, wrapped); strings.Contains(got, "4155550132") || strings.Contains(got, "hooks.example.com") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
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

// A backlog waits in our own rows: in River it would compete with accepting.
func TestABacklogWaitsOutsideOfRiver(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		release := make(chan struct{})
		var begun, ended atomic.Int32
		start(t, l, ledger.Workers{Tries: 4, Try: func(ctx context.Context, id string) (time.Duration, error) {
			begun.Add(1)
			select {
			case <-release:
			case <-ctx.Done():
				return 0, ctx.Err()
			}
			defer ended.Add(1)
			return 0, end(ctx, l, id, ledger.Refused)
		}})
		const count = 400
		for n := 0; n < count; n += 20 {
			var orders []ledger.Order
			for i := range 20 {
				orders = append(orders, order(fmt.Sprint("d", n), fmt.Sprintf("+1415555%04d", n+i)))
			}
			accept(t, l, orders...)
		}
		await(t, "the workers to be busy", func() bool { return begun.Load() == 4 })
		backlog, err := l.Reader().Backlog(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if backlog.Waiting < count/2 {
			t.Errorf("%d of %d requests wait outside of River", backlog.Waiting, count)
		}
		close(release)
		await(t, "all to end", func() bool { return ended.Load() == count })
	})
}
