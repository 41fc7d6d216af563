package e2e_test

import (
	"errors"
	"testing"
	"time"

	"linqbot/cmd/linqbot/internal/load"
)

// How the servers are loaded.
const (
	closedConnections = 32   // each sends its next command when the last one is acknowledged
	openRate          = 1000 // commands a second, whatever becomes of them
	openConnections   = 256  // more than are ever busy, unless the server falls behind
)

// runner carries out a load.
type runner func(l *load.Loader, requests [][]byte) (load.Result, error)

// BenchmarkAcks loads one server after the other with b.N commands, each a new one, and measures their
// acks. BenchmarkSideBySide compares the servers; this one shows each on its own.
//
//	go test -run '^$' -bench Acks -benchtime 30000x ./cmd/linqbot/e2e
func BenchmarkAcks(b *testing.B) {
	for _, name := range []string{bareServer, boltServer, sqliteServer, stalledServer, postgresServer, postgresStalled} {
		b.Run("server="+name, func(b *testing.B) {
			b.Run("load=closed32", func(b *testing.B) {
				benchmarkAcks(b, name, closedConnections, func(l *load.Loader, requests [][]byte) (load.Result, error) {
					return l.Closed(requests)
				})
			})
			b.Run("load=open1000", func(b *testing.B) {
				benchmarkAcks(b, name, openConnections, func(l *load.Loader, requests [][]byte) (load.Result, error) {
					return l.Open(requests, openRate)
				})
			})
		})
	}
}

func benchmarkAcks(b *testing.B, name string, connections int, run runner) {
	b.Helper()
	people := newCrowd(warmUps + b.N)
	s, err := startServer(b, name, people)
	if errors.Is(err, errAbsent) {
		b.Skip(err)
	}
	if err != nil {
		b.Fatal(err)
	}
	warming, commands := people.removals(warmUps), people.removals(b.N)
	requests := s.sender.Requests("acks", commands)
	l := s.dial(b, connections)
	warmUp(b, l, s.sender, warming)
	used := load.CPU(s.pid)
	b.ResetTimer()
	r, err := run(l, requests)
	b.StopTimer()
	if err != nil {
		b.Fatal(err)
	}
	used = load.CPU(s.pid) - used
	b.ReportMetric(r.Rate(), "req/s")
	b.ReportMetric(milliseconds(r.Percentile(50)), "p50-ms")
	b.ReportMetric(milliseconds(r.Percentile(99)), "p99-ms")
	b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-us/req")
	b.ReportMetric(residentMB(b, s.pid), "RSS-MB")
	b.ReportMetric(0, "ns/op") // it is 1/(req/s)
}

// warmUps is how many commands a server gets before it is measured: the first ones take longer, above
// all in Bolt, whose code is compiled as it runs.
const warmUps = 2000

func warmUp(b *testing.B, l *load.Loader, sender load.Sender, warming []load.Command) {
	b.Helper()
	if _, err := l.Closed(sender.Requests("warm-up", warming)); err != nil {
		b.Fatal(err)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
