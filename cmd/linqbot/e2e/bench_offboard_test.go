package e2e_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

var longOffboarding = flag.Bool("longoffboard", false, "have BenchmarkOffboarding take somebody out of 5,000 chats too")

// bulkConcurrency is how many removals of a batch run side by side: three quarters of the calls to Linq.
const bulkConcurrency = linqConcurrency - linqConcurrency/4

// timedLinq stands in front of Linq, takes as long for each answer as the real one, and remembers when it was asked for
// which removal.
type timedLinq struct {
	next http.Handler

	mu      sync.Mutex
	deletes map[string][]time.Time // by handle
}

func newTimedLinq(b *testing.B, next http.Handler) (*timedLinq, string) {
	b.Helper()
	l := &timedLinq{next: next, deletes: make(map[string][]time.Time)}
	server := httptest.NewServer(l)
	b.Cleanup(server.Close)
	return l, server.URL + linqtest.Prefix
}

func (l *timedLinq) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.Method == http.MethodDelete {
		var in struct{ Handle string }
		_ = json.Unmarshal(body, &in) // what it is, is for Linq to judge
		l.mu.Lock()
		l.deletes[in.Handle] = append(l.deletes[in.Handle], time.Now())
		l.mu.Unlock()
	}
	time.Sleep(linqTakes)
	l.next.ServeHTTP(w, r)
}

func (l *timedLinq) of(handle string) []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.deletes[handle])
}

// offboardingBench is a bot that is to take somebody out of many chats.
type offboardingBench struct {
	*testEnv
	b     *testing.B
	timed *timedLinq
	bot   *botProcess
}

const leaver = "+14155559999"

func newOffboardingBench(b *testing.B, database string, chats int) *offboardingBench {
	b.Helper()
	env := newEnv(b, linqtest.Config{})
	env.slack.Chaos(func(string) *slacktest.Fault { return &slacktest.Fault{Delay: slackTakes} })
	for i := range chats {
		env.linq.AddChat(linqtest.Group(fmt.Sprintf("Team %d", i+1), line, append([]string{leaver}, numbers(100, crowdStays)...)...))
	}
	env.chat = env.linq.AddChat(linqtest.Group("Bench", line, append(numbers(2000, 2000), numbers(100, crowdStays)...)...))
	timed, linqURL := newTimedLinq(b, env.linq)
	env.vars["LINQ_API_V3_BASE_URL"] = linqURL
	env.vars["LINQ_WEBHOOK_SECRET"] = env.linq.AddSubscription(linqtest.Subscription{TargetURL: "http://" + env.addr + "/linq/webhooks"}).Secret
	env.vars["DATABASE_URL"] = database
	env.vars["SLACK_TEAM_IDS"] = env.slack.Config().TeamID
	env.vars["LINQ_CONCURRENCY"] = fmt.Sprint(linqConcurrency)
	env.vars["LOG_LEVEL"] = "info"
	env.vars["ADMIN_ADDR"] = freeAddr(b)
	env.patience = 10 * time.Minute
	return &offboardingBench{testEnv: env, b: b, timed: timed, bot: env.start()}
}

// offboard asks for the removal from all chats, and says yes to it.
func (o *offboardingBench) offboard(chats int) {
	o.b.Helper()
	ctx, url := o.b.Context(), "http://"+o.addr
	o.send(slacktest.Command{Command: "/linq-offboard", UserID: alice, ChannelID: channel, Text: leaver})
	var proposal slacktest.Message
	o.await("the proposal", func() bool {
		for _, m := range o.slack.Ephemerals(channel, alice) {
			if strings.Contains(string(m.Blocks), "type_batch") {
				proposal = m
			}
		}
		return proposal.TS != ""
	})
	if _, err := o.slack.Press(ctx, url, alice, proposal, "type_batch"); err != nil {
		o.b.Fatal(err)
	}
	o.await("the form", func() bool { return len(o.slack.Views()) > 0 })
	if _, err := o.slack.Submit(ctx, url, o.slack.Views()[0], slacktest.Field{BlockID: "number", ActionID: "text", Text: fmt.Sprint(chats)}); err != nil {
		o.b.Fatal(err)
	}
}

// BenchmarkOffboarding takes a person out of many chats, with a Linq that answers each call in 150 ms, and measures how
// many removals a second that is, as a share of what six removals side by side allow (20 a second, since each reads
// the chat first); how much memory the bot then holds, how much of it is in use, and how much garbage a removal makes.
//
//	go test ./cmd/linqbot/e2e -run '^$' -bench 'BenchmarkOffboarding$' -benchtime 1x -timeout 40m -longoffboard
func BenchmarkOffboarding(b *testing.B) {
	sizes := []int{100, 500, 1000, 2000}
	if *longOffboarding {
		sizes = append(sizes, 5000)
	}
	for _, chats := range sizes {
		b.Run(fmt.Sprintf("ledger=sqlite/chats=%d", chats), func(b *testing.B) { benchmarkOffboarding(b, ledgertest.SQLite(b), chats) })
		b.Run(fmt.Sprintf("ledger=postgres/chats=%d", chats), func(b *testing.B) { benchmarkOffboarding(b, ledgertest.Postgres(b), chats) })
	}
}

func benchmarkOffboarding(b *testing.B, database string, chats int) {
	for range b.N {
		o := newOffboardingBench(b, database, chats)
		o.offboard(chats)
		o.await("the first removals", func() bool { return len(o.timed.of(leaver)) >= chats/10 })
		before, allocated := len(o.timed.of(leaver)), o.heap("", "TotalAlloc")
		early := residentMB(b, o.bot.Cmd.Process.Pid)
		o.await("the last removal", func() bool { return len(o.timed.of(leaver)) >= chats })
		late := residentMB(b, o.bot.Cmd.Process.Pid)
		asked := o.timed.of(leaver)
		allocated = o.heap("", "TotalAlloc") - allocated
		took := asked[len(asked)-1].Sub(asked[0])
		const allowed = float64(bulkConcurrency) / (2 * float64(linqTakes) / float64(time.Second))
		rate := float64(len(asked)-1) / took.Seconds()
		b.ReportMetric(rate, "removals/s")
		b.ReportMetric(100*rate/allowed, "%-of-allowed")
		b.ReportMetric(1000*(1/rate-1/allowed), "overhead-ms/removal")
		b.ReportMetric(early, "RSS-early-MB")
		b.ReportMetric(late, "RSS-late-MB")
		b.ReportMetric(allocated/1024/float64(len(asked)-before), "KB-allocated/removal")
		o.heap("&gc=1", "HeapAlloc") // the first collection empties no pool
		b.ReportMetric(o.heap("&gc=1", "HeapAlloc")/1024/1024, "live-MB")
		o.bot.Kill()
	}
	b.ReportMetric(0, "ns/op") // it is 1/(removals/s)
}

// heap returns a figure of the bot's heap, in bytes; after a collection with &gc=1.
func (o *offboardingBench) heap(query, figure string) float64 {
	o.b.Helper()
	answer, err := http.Get("http://" + o.vars["ADMIN_ADDR"] + "/debug/pprof/heap?debug=1" + query)
	if err != nil {
		o.b.Fatal(err)
	}
	defer answer.Body.Close()
	profile, err := io.ReadAll(answer.Body)
	if err != nil {
		o.b.Fatal(err)
	}
	for line := range strings.Lines(string(profile)) {
		var value float64
		if _, err := fmt.Sscanf(line, "# "+figure+" = %f", &value); err == nil {
			return value
		}
	}
	o.b.Fatalf("the heap's profile has no %s", figure)
	return 0
}

// BenchmarkTypedDuringOffboarding types b.N removals, one after the other, while the bot is idle, and as many while it
// takes somebody out of 2,000 chats; and measures the acks, and from the ack to the DELETE.
//
//	go test ./cmd/linqbot/e2e -run '^$' -bench TypedDuringOffboarding -benchtime 100x -timeout 30m
func BenchmarkTypedDuringOffboarding(b *testing.B) {
	b.Run("ledger=sqlite", func(b *testing.B) { typedDuringOffboarding(b, ledgertest.SQLite(b)) })
	b.Run("ledger=postgres", func(b *testing.B) { typedDuringOffboarding(b, ledgertest.Postgres(b)) })
}

func typedDuringOffboarding(b *testing.B, database string) {
	const chats, most = 2000, 900
	if b.N > most {
		b.Skipf("there are %d people to remove", most)
	}
	o := newOffboardingBench(b, database, chats)
	people := numbers(2000, 2000)
	o.typed(people[1900:1910]) // the first commands are the slowest
	idleAcks, idle := o.typed(people[:b.N])
	o.offboard(chats)
	o.await("the first removals", func() bool { return len(o.timed.of(leaver)) > 50 })
	began := len(o.timed.of(leaver))
	b.ResetTimer()
	busyAcks, busy := o.typed(people[b.N : 2*b.N])
	b.StopTimer()
	during := len(o.timed.of(leaver)) - began
	if during == 0 || during+began >= chats {
		b.Fatal("the offboarding ended before the commands did")
	}
	b.ReportMetric(milliseconds(percentile(idle, 50)), "idle-median-ms")
	b.ReportMetric(milliseconds(percentile(busy, 50)), "busy-median-ms")
	b.ReportMetric(float64(percentile(busy, 50))/float64(percentile(idle, 50)), "ratio")
	b.ReportMetric(milliseconds(percentile(busy, 50)-linqTakes)/milliseconds(percentile(idle, 50)-linqTakes), "ratio-without-Linq")
	b.ReportMetric(milliseconds(percentile(idleAcks, 99)), "idle-ack-p99-ms")
	b.ReportMetric(milliseconds(percentile(busyAcks, 99)), "busy-ack-p99-ms")
	b.ReportMetric(float64(during), "removals-meanwhile")
	b.ReportMetric(0, "ns/op") // the loop waits for each DELETE
	o.bot.Kill()
}

// typed types removals one after the other, and returns how long each ack took, and from there to the DELETE.
func (o *offboardingBench) typed(people []string) (acks, deletes []time.Duration) {
	o.b.Helper()
	for _, person := range people {
		sent := time.Now()
		o.remove(person)
		acked := time.Now()
		o.await("the DELETE", func() bool { return len(o.timed.of(person)) > 0 })
		acks = append(acks, acked.Sub(sent))
		deletes = append(deletes, o.timed.of(person)[0].Sub(acked))
	}
	return acks, deletes
}

func percentile(all []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}
