package e2e_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// BenchmarkIdle measures how much of one core the program takes in a minute in which nobody wants anything of it.
func BenchmarkIdle(b *testing.B) {
	b.Run("ledger=sqlite", func(b *testing.B) { idle(b, ledgertest.SQLite(b)) })
	b.Run("ledger=postgres", func(b *testing.B) { idle(b, ledgertest.Postgres(b)) })
}

func idle(b *testing.B, database string) {
	const settling, watched = 5 * time.Second, time.Minute
	env := newEnv(b, linqtest.Config{})
	env.vars["DATABASE_URL"] = database
	env.vars["LOG_LEVEL"] = "info"
	bot := env.start()
	var used time.Duration
	for range b.N {
		time.Sleep(settling)
		before := cpuTime(b, bot.Cmd.Process.Pid)
		time.Sleep(watched)
		used += cpuTime(b, bot.Cmd.Process.Pid) - before
	}
	b.ReportMetric(100*used.Seconds()/(watched.Seconds()*float64(b.N)), "cpu-%")
	b.ReportMetric(0, "ns/op") // it is a minute
}

// cpuTime reads how long a process has run, in the program and in the system.
func cpuTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip("it needs /proc")
	}
	_, fields, _ := strings.Cut(string(stat), ") ") // the name before may hold spaces
	var user, system int64
	const skipped = "%s %s %s %s %s %s %s %s %s %s %s %d %d"
	var s string
	if _, err := fmt.Sscanf(fields, skipped, &s, &s, &s, &s, &s, &s, &s, &s, &s, &s, &s, &user, &system); err != nil {
		b.Fatal(err)
	}
	const tick = 10 * time.Millisecond // as Linux counts on every system that Go knows
	return time.Duration(user+system) * tick
}
