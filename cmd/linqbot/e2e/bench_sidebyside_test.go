//go:build unix

package e2e_test

import (
	"errors"
	"slices"
	"syscall"
	"testing"
	"time"

	"linqbot/cmd/linqbot/internal/load"
)

// BenchmarkSideBySide loads all servers in one run: a slice of the load for one, the same slice for the
// next, and over again, so that whatever else the machine does meets all of them. While one is loaded
// the others are stopped (SIGSTOP), so that each does all its work in its own slices, what it does
// after an ack included. Each takes b.N commands. The ratios are the medians of those of each turn.
//
//	go test -run '^$' -bench SideBySide -benchtime 40000x ./cmd/linqbot/e2e
func BenchmarkSideBySide(b *testing.B) {
	b.Run("load=closed32", func(b *testing.B) {
		const slice = 2000
		turns := sideBySide(b, closedConnections, slice,
			[]string{bareServer, boltServer, sqliteServer, stalledServer, postgresServer, postgresStalled},
			func(l *load.Loader, requests [][]byte) (load.Result, error) { return l.Closed(requests) })
		for name, of := range turns {
			b.ReportMetric(total(of).Rate(), name+"-req/s")
		}
		ratios(b, turns, "", func(r load.Result) float64 { return r.Rate() })
	})
	b.Run("load=open1000", func(b *testing.B) {
		const slice = 1000
		turns := sideBySide(b, openConnections, slice, []string{bareServer, boltServer, stalledServer, postgresStalled},
			func(l *load.Loader, requests [][]byte) (load.Result, error) { return l.Open(requests, openRate) })
		for name, of := range turns {
			b.ReportMetric(milliseconds(total(of).Percentile(50)), name+"-p50-ms")
			b.ReportMetric(milliseconds(total(of).Percentile(99)), name+"-p99-ms")
		}
		ratios(b, turns, "-p99", func(r load.Result) float64 { return r.Percentile(99).Seconds() })
	})
}

// sideBySide returns the results of each server's turns.
func sideBySide(b *testing.B, connections, slice int, names []string, run runner) map[string][]load.Result {
	b.Helper()
	people := newCrowd(warmUps + b.N)
	warming, commands := people.removals(warmUps), people.removals(b.N)
	var servers []*server
	for _, name := range names {
		s, err := startServer(b, name, people)
		if errors.Is(err, errAbsent) {
			b.Log(err)
			continue
		}
		if err != nil {
			b.Fatal(err)
		}
		warmUp(b, s.dial(b, closedConnections), s.sender, warming)
		s.signal(b, syscall.SIGSTOP)
		servers = append(servers, s)
	}
	turns, used := make(map[string][]load.Result), make(map[string]time.Duration)
	for _, s := range servers {
		used[s.name] = load.CPU(s.pid)
	}
	b.ResetTimer()
	b.StopTimer()
	for part := range slices.Chunk(commands, slice) {
		for _, s := range servers {
			requests := s.sender.Requests("turn", part)
			s.signal(b, syscall.SIGCONT)
			l := s.dial(b, connections) // Node.js closes what was idle for 5 s
			b.StartTimer()
			r, err := run(l, requests)
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			l.Close()
			s.signal(b, syscall.SIGSTOP)
			turns[s.name] = append(turns[s.name], r)
		}
	}
	for _, s := range servers {
		b.ReportMetric(float64((load.CPU(s.pid)-used[s.name]).Microseconds())/float64(b.N), s.name+"-cpu-us/req")
	}
	b.ReportMetric(0, "ns/op") // of all servers together
	return turns
}

func (s *server) signal(b *testing.B, signal syscall.Signal) {
	b.Helper()
	if err := syscall.Kill(s.pid, signal); err != nil {
		b.Fatal(err)
	}
}

func total(turns []load.Result) load.Result {
	var all load.Result
	for _, r := range turns {
		all = all.And(r)
	}
	return all
}

// ratios reports how every other server compares with those that store nothing.
func ratios(b *testing.B, turns map[string][]load.Result, suffix string, figure func(load.Result) float64) {
	b.Helper()
	for name, of := range turns {
		for _, yardstick := range []string{bareServer, boltServer} {
			if name == yardstick || name == bareServer || turns[yardstick] == nil {
				continue
			}
			each := make([]float64, len(of))
			for i, r := range of {
				each[i] = figure(r) / figure(turns[yardstick][i])
			}
			slices.Sort(each)
			b.ReportMetric(each[len(each)/2], name+"/"+yardstick+suffix)
		}
	}
}
