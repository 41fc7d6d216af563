package e2e_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"linqbot/cmd/linqbot/internal/load"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

var drainFor = flag.Duration("drain", time.Minute, "how long BenchmarkDrain watches a backlog drain, if that takes longer; its rate is that of this time")

// linqConcurrency is how many calls at Linq run side by side.
const linqConcurrency = 8

// BenchmarkDrain queues b.N removals while Linq does not answer, and then lets it, 150 ms an answer. It
// measures how fast the queue drains, as a share of what eight calls side by side allow (53 a second)
// too; how much memory a queued request takes; and the acks while the queue is empty and full.
//
//	go test ./cmd/linqbot/e2e -run '^$' -bench Drain -benchtime 10000x -drain 10m -timeout 30m
func BenchmarkDrain(b *testing.B) {
	for _, webhooks := range []string{"on", "off"} {
		b.Run("ledger=sqlite/webhooks="+webhooks, func(b *testing.B) {
			benchmarkDrain(b, ledgertest.SQLite(b), webhooks == "on")
		})
		b.Run("ledger=postgres/webhooks="+webhooks, func(b *testing.B) {
			benchmarkDrain(b, ledgertest.Postgres(b), webhooks == "on")
		})
	}
}

func benchmarkDrain(b *testing.B, database string, webhooks bool) {
	b.Helper()
	env := newEnv(b, linqtest.Config{})
	env.vars["DATABASE_URL"] = database
	if webhooks {
		env.vars["LINQ_WEBHOOK_SECRET"] = env.linq.AddSubscription(linqtest.Subscription{TargetURL: "http://" + env.addr + "/linq/webhooks"}).Secret
	}
	env.vars["LINQ_CONCURRENCY"] = fmt.Sprint(linqConcurrency)
	q := newBacklog(b, env.linq)
	_, slackURL := newGate(b, &quickSlack{team: env.slack.Config().TeamID}, slackTakes)
	linq, linqURL := newGate(b, env.linq, linqTakes)
	s := env.startLoaded("linqbot", linqURL, slackURL)

	q.probe(b, s) // the first commands are the slowest
	empty := q.probe(b, s)
	q.drain(linq, time.Hour)
	before := residentMB(b, s.pid)
	linq.shut()
	q.fill(b, s)
	full := q.probe(b, s)
	grown := residentMB(b, s.pid) - before

	calls, deletes := linq.calls.Load(), linq.deletes.Load()
	linq.open()
	b.ResetTimer()
	took := q.drain(linq, *drainFor)
	b.StopTimer()

	allowed := linqConcurrency / linqTakes.Seconds()
	removed := float64(linq.deletes.Load()-deletes) / took.Seconds()
	called := float64(linq.calls.Load()-calls) / took.Seconds()
	b.ReportMetric(removed, "removals/s")
	b.ReportMetric(100*removed/allowed, "removals-%-of-allowed")
	b.ReportMetric(100*called/allowed, "calls-%-of-allowed") // reading the chat is a call too
	b.ReportMetric(1024*grown/float64(b.N), "KB/queued")     // says something from thousands on
	b.ReportMetric(milliseconds(empty.Percentile(99)), "p99-empty-ms")
	b.ReportMetric(milliseconds(full.Percentile(99)), "p99-full-ms")
	b.ReportMetric(0, "ns/op") // it is 1/(removals/s), or of a part of them only
}

// backlog are removals that wait for Linq.
type backlog struct {
	*crowd
	probes int // commands of each probe
}

// newBacklog has room for b.N removals and for the probes before and after them.
func newBacklog(b *testing.B, linq *linqtest.Linq) *backlog {
	b.Helper()
	const fewest, most = 20, 1000
	probes := min(max(b.N/10, fewest), most)
	q := &backlog{crowd: newCrowd(b.N + 3*probes), probes: probes}
	q.join(linq)
	return q
}

// probe sends a few commands a second and measures the acks.
func (q *backlog) probe(b *testing.B, s *server) load.Result {
	b.Helper()
	const perSecond = 200
	r, err := s.dial(b, closedConnections).Open(s.sender.Requests(fmt.Sprint("probe", q.asked), q.removals(q.probes)), perSecond)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func (q *backlog) fill(b *testing.B, s *server) {
	b.Helper()
	if _, err := s.dial(b, closedConnections).Closed(s.sender.Requests("fill", q.removals(b.N))); err != nil {
		b.Fatal(err)
	}
}

// drain returns how long it took until everyone was removed, or until it was watched for long enough.
func (q *backlog) drain(linq *gate, most time.Duration) time.Duration {
	began := time.Now()
	for linq.deletes.Load() < int64(q.asked) && time.Since(began) < most {
		time.Sleep(time.Millisecond)
	}
	return time.Since(began)
}
