package ledger_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// question is an order whose person is asked first.
func question(delivery, handle string) ledger.Order {
	o := order(delivery, handle)
	o.ConfirmFor = 10 * time.Minute
	return o
}

func TestNothingIsDoneBeforeTheYes(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		ran := make(chan string, 10)
		start(t, l, ledger.Workers{Try: func(_ context.Context, id string) (time.Duration, error) {
			ran <- id
			return 0, nil
		}})
		asked := accept(t, l, question("d1", "+14155550132"))[0].Request
		if asked.State != ledger.Asked || asked.ExpiresAt.IsZero() {
			t.Fatalf("%+v", asked)
		}
		other := accept(t, l, order("d2", "bob@example.com"))[0].Request
		if got := <-ran; got != other.ID {
			t.Fatalf("%s was carried on without a yes", got)
		}
		requests, decided, err := l.Decide(t.Context(), "d1", true, "confirmed")
		if err != nil || decided != 1 || requests[0].State != ledger.Accepted {
			t.Fatalf("%+v, %d, %v", requests, decided, err)
		}
		if got := <-ran; got != asked.ID {
			t.Errorf("%s was carried on after the yes", got)
		}
		events, err := l.Reader().History(t.Context(), asked.ID, 10)
		if err != nil || len(events) < 1 || events[0].Cause != "confirmed" {
			t.Errorf("history: %+v, %v", events, err)
		}
	})
}

func TestAQuestionIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		accept(t, l, question("d1", "+14155550132"), question("d1", "bob@example.com"))
		var all sync.WaitGroup
		var decided atomic.Int32
		for i := range 10 {
			all.Go(func() {
				_, n, err := l.Decide(t.Context(), "d1", i%2 == 0, "clicked")
				if err != nil {
					t.Error(err)
				}
				decided.Add(int32(n))
			})
		}
		all.Wait()
		if got := decided.Load(); got != 2 {
			t.Errorf("2 questions were answered %d times", got)
		}
		if _, _, err := l.Decide(t.Context(), "unknown", true, ""); err == nil {
			t.Error("an unknown question was answered")
		}
	})
}

// A question is for the one who is asked: nobody else sees it, even where somebody asks for the same.
func TestADeclinedRemovalFreesThePlace(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		shown := make(chan string, 10)
		start(t, l, ledger.Workers{Show: func(_ context.Context, delivery string) (time.Duration, error) {
			shown <- delivery
			return 0, nil
		}})
		accept(t, l, question("d1", "+14155550132"))
		if got := accept(t, l, order("d2", "+14155550132"))[0]; got.Outcome != ledger.UnderWay {
			t.Errorf("while the question is open: %+v", got)
		}
		accept(t, l, order("later", "bob@example.com"))
		if got := <-shown; got != "later" {
			t.Errorf("%s was shown, which waits for an answer", got)
		}
		requests, _, err := l.Decide(t.Context(), "d1", false, "declined")
		if err != nil || requests[0].State != ledger.Cancelled || requests[0].EndedAt.IsZero() {
			t.Fatalf("%+v, %v", requests, err)
		}
		if got := accept(t, l, order("d3", "+14155550132"))[0]; got.Outcome != ledger.Recorded {
			t.Errorf("after the no: %+v", got)
		}
	})
}

// clock can be moved on.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func TestQuestionsExpire(t *testing.T) {
	t.Parallel()
	var c clock
	l, err := ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + t.TempDir() + "/l.db", Logger: quiet(), Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	start(t, l, ledger.Workers{})
	id := accept(t, l, question("d1", "+14155550132"))[0].Request.ID
	c.ahead.Store(int64(11 * time.Minute))
	if _, decided, err := l.Decide(t.Context(), "d1", true, "late"); err != nil || decided != 0 {
		t.Errorf("a late yes: %d, %v", decided, err)
	}
	await(t, "the question to expire", func() bool { return state(t, l, id) == ledger.Cancelled })
}

// A removal is shown anew when somebody takes it back, and when that has ended.
func TestUndoingShowsTheRemovalAnew(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		shown := make(chan string, 20)
		start(t, l, ledger.Workers{
			Try: func(ctx context.Context, id string) (time.Duration, error) {
				r, err := l.Request(ctx, id)
				if err != nil {
					return 0, err
				}
				if r.Kind == ledger.Add {
					return 0, end(ctx, l, id, ledger.Added)
				}
				return 0, end(ctx, l, id, ledger.Removed)
			},
			Show: func(_ context.Context, delivery string) (time.Duration, error) {
				shown <- delivery
				return 0, nil
			},
		})
		removal := accept(t, l, order("d1", "+14155550132"))[0].Request
		if got := <-shown; got != "d1" {
			t.Fatalf("shown %s", got)
		}
		undo := order("undo-1", "+14155550132")
		undo.Kind, undo.Undoes = ledger.Add, removal.ID
		added := accept(t, l, undo)[0]
		if added.Outcome != ledger.Recorded {
			t.Fatalf("%+v", added)
		}
		await(t, "the addition", func() bool { return state(t, l, added.Request.ID) == ledger.Added })
		for again := 0; again < 1; {
			if <-shown == "d1" {
				again++
			}
		}
		if got, err := l.UndoneBy(t.Context(), removal.ID); err != nil || got.ID != added.Request.ID {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestAViewTellsWhatIsUndone(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
			r, err := l.Request(ctx, id)
			if err != nil {
				return 0, err
			}
			if r.Kind == ledger.Add {
				return 0, end(ctx, l, id, ledger.Refused)
			}
			return 0, end(ctx, l, id, ledger.Removed)
		}})
		removal := accept(t, l, order("d1", "+14155550132"))[0].Request
		await(t, "the removal", func() bool { return state(t, l, removal.ID) == ledger.Removed })
		undone := func() bool {
			view, err := l.View(t.Context(), "d1")
			if err != nil {
				t.Fatal(err)
			}
			return view.Requests[0].Undone
		}
		if undone() {
			t.Error("undone by nobody")
		}
		undo := question("undo-1", "+14155550132") // it waits for a yes, so that it is seen under way
		undo.Kind, undo.Undoes = ledger.Add, removal.ID
		accept(t, l, undo)
		if !undone() {
			t.Error("somebody takes it back")
		}
		if _, _, err := l.Decide(t.Context(), "undo-1", true, "yes"); err != nil {
			t.Fatal(err)
		}
		await(t, "the refusal to bring the offer back", func() bool { return !undone() })
	})
}
