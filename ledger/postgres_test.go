package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func TestReplicasOpenOneDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			l, err := ledger.Open(t.Context(), ledger.Config{URL: at, Logger: quiet()})
			if err != nil {
				t.Error(err)
				return
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// Two replicas are sent the same and overlapping orders side by side: nothing is refused, nothing is
// twice under way, and each request is tried once.
func TestReplicasShareTheWork(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	replicas := []*ledger.Ledger{open(t, at), open(t, at)}
	var mu sync.Mutex
	tries := make(map[string]int)
	release := make(chan struct{})
	for _, l := range replicas {
		start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
			select {
			case <-release:
			case <-ctx.Done():
				return 0, ctx.Err()
			}
			mu.Lock()
			tries[id]++
			mu.Unlock()
			return 0, end(ctx, l, id, ledger.Refused)
		}})
	}
	const people, deliveries = 10, 60
	var recorded atomic.Int32
	var all sync.WaitGroup
	for _, l := range replicas { // each is sent all of it, in an order of its own
		concurrency := make(chan struct{}, 16)
		for _, n := range rand.Perm(deliveries) {
			all.Go(func() {
				concurrency <- struct{}{}
				defer func() { <-concurrency }()
				delivery := fmt.Sprint("d", n)
				got, err := l.Accept(t.Context(), []ledger.Order{
					order(delivery, fmt.Sprintf("+1415555%04d", n%people)),
					order(delivery, fmt.Sprintf("+1415555%04d", (n*7+1)%people)),
				})
				if err != nil {
					t.Error(err)
					return
				}
				for _, a := range got {
					if a.Outcome == ledger.Recorded {
						recorded.Add(1)
					}
				}
			})
		}
	}
	all.Wait()
	if n := recorded.Load(); n != people {
		t.Errorf("%d requests for %d people, while none had ended", n, people)
	}
	close(release)
	await(t, "every request to be tried", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(tries) == people
	})
	for _, l := range replicas { // they let come to its end what was begun a second time
		stop(t, l)
	}
	mu.Lock()
	defer mu.Unlock()
	for id, n := range tries {
		if n != 1 {
			t.Errorf("request %s was tried %d times", id, n)
		}
	}
}

// What a replica shows must not miss news that another stores at that moment.
func TestNoNewsAreMissedBetweenReplicas(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	replicas := []*ledger.Ledger{open(t, at), open(t, at)}
	const requests = 30
	var shown sync.Map
	for _, l := range replicas {
		start(t, l, ledger.Workers{Show: func(ctx context.Context, delivery string) (time.Duration, error) {
			view, err := l.View(ctx, delivery)
			if err == nil {
				shown.Store(delivery, view.Requests[0].State)
			}
			return 0, err
		}})
	}
	for n := range requests {
		r := accept(t, replicas[n%2], order(fmt.Sprint("d", n), fmt.Sprintf("+1415555%04d", n)))[0].Request
		for i := range 8 {
			r.Reason = fmt.Sprint(i)
			var err error
			if r, err = replicas[i%2].Save(t.Context(), r, ledger.Change{Cause: "news", News: true}); err != nil {
				t.Fatal(err)
			}
		}
		r.State = ledger.Failed
		if _, err := replicas[n%2].Save(t.Context(), r, ledger.Change{Cause: "the end", News: true}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range requests {
		await(t, "the end to be shown", func() bool {
			state, _ := shown.Load(fmt.Sprint("d", n))
			return state == ledger.Failed
		})
	}
}

func TestALostDatabase(t *testing.T) {
	t.Parallel()
	way := ledgertest.NewProxy(t, ledgertest.Postgres(t))
	l := open(t, way.URL)
	var tried atomic.Int32
	start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
		tried.Add(1)
		return 0, end(ctx, l, id, ledger.Refused)
	}})
	await(t, "the ledger to be ready", func() bool { return l.Ready(t.Context()) == nil })

	way.Lose()
	await(t, "the ledger not to be ready", func() bool { return l.Ready(t.Context()) != nil })
	for n := range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 2200*time.Millisecond)
		_, err := l.Accept(ctx, []ledger.Order{order(fmt.Sprint("lost", n), "+14155550132")})
		cancel()
		if !errors.Is(err, ledger.ErrNotRecorded) {
			t.Fatalf("accepted without a database: %v", err)
		}
	}

	way.Restore()
	await(t, "the ledger to be ready again", func() bool { return l.Ready(t.Context()) == nil })
	r := accept(t, l, order("after", "+14155550132"))[0].Request
	await(t, "the work to go on", func() bool { return state(t, l, r.ID) == ledger.Refused })
	if n := tried.Load(); n != 1 {
		t.Errorf("%d tries: what was called not recorded was done", n)
	}
}

// The server commits, and its answer is lost.
func TestALostAnswerToACommit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		stays bool // the server is gone for good
	}{{name: "the server is there", stays: false}, {name: "the server is gone", stays: true}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			at := ledgertest.Postgres(t)
			way := ledgertest.NewProxy(t, at)
			l := open(t, way.URL)
			accept(t, l, order("warm", "+14155550100"))
			way.LoseAnswer(func(sent []byte) bool {
				return bytes.Contains(bytes.ToLower(sent), []byte("commit\x00"))
			}, test.stays)
			ctx, cancel := context.WithTimeout(t.Context(), 2200*time.Millisecond)
			defer cancel()
			got, err := l.Accept(ctx, []ledger.Order{order("d1", "+14155550132")})
			if test.stays {
				if !errors.Is(err, ledger.ErrDoubtful) {
					t.Errorf("got %+v, %v; only doubt is honest", got, err)
				}
				return
			}
			if err != nil || got[0].Outcome != ledger.Recorded {
				t.Fatalf("got %+v, %v; it is recorded, and that can be seen", got, err)
			}
			if _, err := l.Request(t.Context(), got[0].Request.ID); err != nil {
				t.Error(err)
			}
		})
	}
}

func execute(t *testing.T, at, statement string) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(t.Context()) }()
	if _, err := db.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestAPasswordIsNotQuoted(t *testing.T) {
	t.Parallel()
	for _, at := range []string{
		"postgres://bot:hunter2%@db/linqbot", "postgres://bot:hunter2@127.0.0.1:1/linqbot?sslmode=disable",
		"postgres://bot:hunter2@db:port/linqbot", "postgres://bot:hunter2@127.0.0.1:1/x?sslmode=wrong",
	} {
		_, err := ledger.Open(t.Context(), ledger.Config{URL: at, Logger: quiet()})
		if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v", err)
		}
	}
}
