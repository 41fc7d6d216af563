package viewer

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/backlog"
	"linqbot/ledger/ledgertest/migrated"
)

const (
	chatA = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"
	chatB = "550e8400-e29b-41d4-a716-446655440000"
	trace = "7d3e1f0a9b8c4d5e8f6a7b8c9d0e1f2a"
)

// fixture is a ledger with something of each kind, and a viewer of it.
type fixture struct {
	t      *testing.T
	ledger *ledger.Ledger
	viewer *Viewer
	routes *http.ServeMux
	clock  atomic.Int64
	checks atomic.Int32 // how often they were made
}

func (f *fixture) now() time.Time { return time.UnixMicro(f.clock.Load()).UTC() }

func (f *fixture) later(d time.Duration) { f.clock.Add(d.Microseconds()) }

func quiet() *logrus.Logger {
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	return logger
}

func newFixture(t *testing.T, url string) *fixture {
	t.Helper()
	f := &fixture{t: t, routes: http.NewServeMux()}
	f.clock.Store(time.Date(2026, 11, 1, 9, 30, 0, 0, time.UTC).UnixMicro())
	migrated.Prepare(t, url)
	var err error
	f.ledger, err = ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet(), Now: f.now})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.NilError(t, f.ledger.Close()) })
	nothing := func(context.Context, string) (time.Duration, error) { return 0, nil }
	assert.NilError(t, f.ledger.Start(t.Context(), ledger.Workers{
		Try: nothing, Confirm: nothing, Show: nothing, Execute: nothing, Plan: nothing, ShowBatch: nothing,
	}))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		assert.NilError(t, f.ledger.Stop(ctx))
	})
	f.viewer, err = New(Config{
		Addr: "127.0.0.1:9090", Build: "1.2.3", Logger: quiet(), Now: f.now,
		Open: func(ctx context.Context) (*ledger.Reader, error) { return ledger.OpenReader(ctx, url) },
		Vitals: func() []Finding {
			return []Finding{
				{About: "Workers", Status: OK, Says: "they run"},
				{About: "Linq key", Status: Failure, Says: "Linq does not accept it", Fix: "replace it"},
			}
		},
		Checks: func(context.Context, *ledger.Reader) []Finding {
			f.checks.Add(1)
			return []Finding{{About: "clock", Status: Warning, Says: "7s ahead of Slack's", Fix: "let this machine set its clock"}}
		},
		Link:   func(channelID, ts string) string { return "https://acme.slack.com/archives/" + channelID + "/p" + ts },
		Region: func() string { return "US" },
	})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.NilError(t, f.viewer.Close()) })
	f.viewer.Register(f.routes)
	return f
}

func (f *fixture) order(delivery, chat, handle string) ledger.Order {
	return ledger.Order{
		Delivery: delivery, Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: "T0ACME", ChannelID: "C0123456789", UserID: "U0123456789",
		Rule: "user U0123456789", ResponseURL: ledger.NewSecret("https://hooks.slack.com/commands/T0ACME/1/secret"), ChatID: chat, Handle: ledger.NewSecret(handle),
	}
}

func (f *fixture) accept(o ledger.Order) ledger.Request {
	f.t.Helper()
	f.later(time.Minute)
	accepted, err := f.ledger.Accept(f.t.Context(), []ledger.Order{o})
	assert.NilError(f.t, err)
	f.await("the request to be handed over", func() bool {
		history, err := f.ledger.Reader().History(f.t.Context(), accepted[0].Request.ID, 100)
		return err == nil && len(history) > 0
	})
	return accepted[0].Request
}

func (f *fixture) await(what string, ok func() bool) {
	f.t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		assert.Assert(f.t, time.Now().Before(deadline), "waited in vain for %s", what)
	}
}

// change stores a change some time after the one before.
func (f *fixture) change(id string, after time.Duration, c ledger.Change, change func(*ledger.Request)) {
	f.t.Helper()
	f.later(after)
	r, err := f.ledger.Request(f.t.Context(), id)
	assert.NilError(f.t, err)
	change(&r)
	_, err = f.ledger.Save(f.t.Context(), r, c)
	assert.NilError(f.t, err)
}

// removed is a removal that went well.
func (f *fixture) removed(delivery, chatName, handle string) ledger.Request {
	f.t.Helper()
	r := f.accept(f.order(delivery, chatA, handle))
	f.change(r.ID, 40*time.Millisecond, ledger.Change{Cause: "try 1: asking Linq"}, func(r *ledger.Request) {
		r.Tries, r.FirstTryAt, r.MayHaveReached, r.ChatName, r.People, r.SeenListed = 1, f.now(), true, chatName, 5, true
	})
	f.change(r.ID, 180*time.Millisecond, ledger.Change{Cause: "Linq answered 202", TraceID: trace}, func(r *ledger.Request) {
		r.State, r.SentAt, r.TraceID, r.HTTPStatus = ledger.Sent, f.now(), trace, 202
	})
	f.change(r.ID, 1300*time.Millisecond, ledger.Change{Cause: "Linq's webhook: participant.removed", TraceID: trace}, func(r *ledger.Request) {
		r.State = ledger.Removed
	})
	assert.NilError(f.t, f.ledger.SaveThread(f.t.Context(), ledger.Thread{
		Delivery: delivery, Route: ledger.InThread, Posting: ledger.Posting{ChannelID: "C0123456789", TS: "1793525400.000100"},
	}))
	return r
}

// refused is one that Linq refused, with words of its own.
func (f *fixture) refused(delivery, chatName, handle, said string) ledger.Request {
	f.t.Helper()
	r := f.accept(f.order(delivery, chatB, handle))
	f.change(r.ID, 90*time.Millisecond, ledger.Change{Cause: "Linq refused: " + said, TraceID: trace}, func(r *ledger.Request) {
		r.State, r.Reason, r.HTTPStatus, r.LinqSaid, r.ChatName, r.TraceID = ledger.Refused, "linq_9999", 400, said, chatName, trace
	})
	return r
}

// offboarding is a batch of two people that runs.
func (f *fixture) offboarding(delivery, because string, names ...string) ledger.Batch {
	f.t.Helper()
	f.later(time.Minute)
	b, _, err := f.ledger.AcceptBatch(f.t.Context(), ledger.BatchOrder{
		Delivery: delivery, Job: ledger.Offboard, Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: "T0ACME", ChannelID: "C0123456789",
		UserID: "U0123456789", Rule: "user U0123456789", Handles: []ledger.Secret{ledger.NewSecret("+14155550177")}, Because: because, Asks: true,
	})
	assert.NilError(f.t, err)
	items := make([]ledger.BatchItem, len(names))
	for i, name := range names {
		items[i] = ledger.BatchItem{Position: i + 1, ChatID: chatB[:35] + string(rune('a'+i%6)), ChatName: name, Handle: ledger.NewSecret("+14155550177")}
	}
	f.later(3 * time.Second)
	b, err = f.ledger.Propose(f.t.Context(), b.ID, ledger.Plan{Items: items, AskFor: 10 * time.Minute})
	assert.NilError(f.t, err)
	return b
}

// confirm says yes to a batch, and returns when it has a request for each item.
func (f *fixture) confirm(b ledger.Batch) {
	f.t.Helper()
	f.later(20 * time.Second)
	_, _, err := f.ledger.DecideBatch(f.t.Context(), b.ID, ledger.ConfirmBatch, "U0123456789", ledger.Limits{})
	assert.NilError(f.t, err)
	f.await("the requests of the batch", func() bool {
		progress, err := f.ledger.Progress(f.t.Context(), b.ID)
		if err != nil || progress.NotAsked() > 0 {
			return false
		}
		summary, err := backlog.Summarize(f.t.Context(), f.ledger.Reader())
		return err == nil && summary.Waiting == 0
	})
}

// ask asks for a page as a browser of this machine does.
func (f *fixture) ask(method, target string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	f.t.Helper()
	r := httptest.NewRequest(method, target, nil).WithContext(f.t.Context())
	r.RemoteAddr, r.Host = "127.0.0.1:51234", "127.0.0.1:9090"
	for _, each := range change {
		each(r)
	}
	w := httptest.NewRecorder()
	f.routes.ServeHTTP(w, r)
	return w
}

func (f *fixture) get(target string) string {
	f.t.Helper()
	w := f.ask(http.MethodGet, target)
	assert.Equal(f.t, w.Code, http.StatusOK, "%s: %s", target, w.Body)
	return w.Body.String()
}
