package e2e_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// BenchmarkAckToDelete runs the real program and measures, one command after the other, from the
// arrival of the ack to the arrival of the DELETE at Linq; and what the idle program weighs.
func BenchmarkAckToDelete(b *testing.B) {
	b.Run("ledger=sqlite", func(b *testing.B) { ackToDelete(b, ledgertest.SQLite(b)) })
	b.Run("ledger=postgres", func(b *testing.B) { ackToDelete(b, ledgertest.Postgres(b)) })
}

func ackToDelete(b *testing.B, database string) {
	env := newEnv(b, linqtest.Config{})
	env.vars["DATABASE_URL"] = database
	handles := numbers(2000, 200)
	env.chat = env.linq.AddChat(linqtest.Group("Bench", line, append(handles, numbers(100, 3)...)...))
	env.vars["SLACK_TEAM_IDS"] = env.slack.Config().TeamID
	env.vars["LOG_LEVEL"] = "info"
	env.command() // builds the program, before the clock runs
	began := time.Now()
	bot := env.start()
	started, idle := time.Since(began), residentMB(b, bot.Cmd.Process.Pid)
	var waits []time.Duration
	for i := 0; b.Loop() && i < len(handles); i++ {
		env.remove(handles[i])
		acked := time.Now()
		env.await("the end", func() bool { return len(env.outcomes()) == i+1 })
		waits = append(waits, env.deleteArrived(handles[i]).Sub(acked))
	}
	slices.Sort(waits)
	b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "median-ms")
	b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(started.Milliseconds()), "start-ms")
	b.ReportMetric(idle, "idle-MB")
	b.ReportMetric(0, "ns/op") // the loop waits for the thread as well
}

// deleteArrived returns when Linq got the DELETE for a handle.
func (env *testEnv) deleteArrived(handle string) time.Time {
	env.t.Helper()
	calls := env.linq.Calls()
	i := slices.IndexFunc(calls, func(c linqtest.Call) bool { return c.Op == linqtest.Remove && c.Handle == handle })
	if i < 0 {
		env.t.Fatalf("Linq got no DELETE for %s", handle)
	}
	return calls[i].At
}

// residentMB reads how much memory a process holds; 0 where /proc does not tell.
func residentMB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kb); err == nil {
			return kb / 1024
		}
	}
	return 0
}

// BenchmarkPromisedTimes measures what the documentation promises in seconds: how soon a thread stands
// while Linq does not answer (3 s), and how soon work goes on after a kill -9 (2 s from the start of
// the next process to its first call at Linq).
func BenchmarkPromisedTimes(b *testing.B) {
	env := newEnv(b, linqtest.Config{})
	handles := numbers(2000, 100)
	env.chat = env.linq.AddChat(linqtest.Group("Bench", line, append(handles, numbers(100, 3)...)...))
	env.vars["SLACK_TEAM_IDS"] = env.slack.Config().TeamID
	env.command() // builds the program, before the clock runs
	bot := env.start()
	var shown, resumed time.Duration
	for i := 0; b.Loop() && i < len(handles); i++ {
		env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: 30 * time.Second})
		env.remove(handles[i])
		acked := time.Now()
		env.await("the thread", func() bool { return len(env.outcomes()) == i+1 })
		shown = max(shown, time.Since(acked))
		bot.Kill()
		calls := len(env.linq.Calls())
		started := time.Now()
		bot = env.launch()
		env.await("the next call at Linq", func() bool { return len(env.linq.Calls()) > calls })
		resumed = max(resumed, time.Since(started))
		env.await("the end", func() bool { return strings.Contains(env.outcomes()[i].Rendered, "✅") })
	}
	b.ReportMetric(float64(shown.Milliseconds()), "thread-ms-most")
	b.ReportMetric(float64(resumed.Milliseconds()), "resumed-ms-most")
	b.ReportMetric(0, "ns/op") // the loop waits for the end as well
}
