//go:build unix

package soak_test

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"linqbot/cmd/linqbot/e2e/internal/processtest"
	"linqbot/ledger/ledgertest"
)

// replica is one linqbot, started again whenever it ends, as an orchestrator does.
type replica struct {
	s       *soak
	name    string
	program string
	addr    string
	vars    map[string]string
	front   *linqFront        // its way to Linq
	proxy   *ledgertest.Proxy // its way to the database; nil on SQLite

	mu        sync.Mutex
	process   *processtest.Process
	stoppedBy map[*processtest.Process]string // what we did to end it
	retired   bool
	ended     chan struct{}
}

// addReplica starts a replica. Without the URL of a server it has an SQLite file of its own.
func (s *soak) addReplica(name, database string) {
	s.t.Helper()
	r := &replica{
		s: s, name: name, addr: ports().Free(s.t), vars: maps.Clone(s.vars),
		stoppedBy: make(map[*processtest.Process]string), ended: make(chan struct{}),
	}
	r.front = newLinqFront(s)
	r.vars["LINQ_API_V3_BASE_URL"] = r.front.url
	r.vars["LISTEN_ADDR"] = r.addr
	if database != "" {
		r.proxy = ledgertest.NewProxy(s.t, database)
		r.vars["DATABASE_URL"] = r.proxy.URL
	}
	path, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	r.program = path
	s.replicas = append(s.replicas, r)
	s.t.Cleanup(r.stop)
	go r.keepRunning()
}

func (r *replica) url() string { return "http://" + r.addr }

func (r *replica) keepRunning() {
	defer close(r.ended)
	const patience = 100 * time.Millisecond
	for r.start() {
		<-r.process.Done
		r.inspect(r.process)
		time.Sleep(patience) // no orchestrator starts at once what does not stay up
	}
}

func (r *replica) start() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.retired {
		return false
	}
	b, err := processtest.Start(processtest.Command(r.s.t.Context(), r.program, r.s.dir, r.vars, "serve"), r.url())
	if err != nil {
		r.s.breaks("no crash", "replica %s: %v", r.name, err)
		return false
	}
	r.process = b
	return true
}

// retire has the replica drain, and not start again.
func (r *replica) retire() {
	r.awaitReady()
	r.mu.Lock()
	r.retired = true
	r.mu.Unlock()
	r.drain()
	r.stop()
}

// stop ends the replica for good, at once if it still runs.
func (r *replica) stop() {
	r.mu.Lock()
	r.retired = true
	if b := r.process; b != nil {
		r.stoppedBy[b] = cmp.Or(r.stoppedBy[b], "kill -9")
		_ = b.Cmd.Process.Kill() // it may have ended
	}
	r.mu.Unlock()
	<-r.ended
}

// send gives the running process a signal, and returns the process; nil if none takes signals.
func (r *replica) send(signal syscall.Signal, why string) *processtest.Process {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process == nil || r.process.Cmd.Process.Signal(signal) != nil {
		return nil
	}
	if why != "" {
		r.stoppedBy[r.process] = why
	}
	return r.process
}

func (r *replica) ready() bool {
	r.mu.Lock()
	b := r.process
	r.mu.Unlock()
	return b != nil && b.Get(r.s.t.Context(), "/readyz") == http.StatusOK
}

// longPatience is for a machine that is busy with other things.
const longPatience = 90 * time.Second

func (r *replica) awaitReady() {
	if !soon(longPatience, 50*time.Millisecond, r.ready) {
		r.s.breaks("no crash", "replica %s does not get ready", r.name)
	}
}

// soon polls until ok, and reports whether that came in time.
func soon(patience, between time.Duration, ok func() bool) bool {
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(between) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// killedCall is a request that a replica was asking Linq for when it was killed.
type killedCall struct {
	handle string
	at     time.Time
}

func (r *replica) kill() {
	held := r.front.underWay()
	if r.send(syscall.SIGKILL, "kill -9") == nil {
		return
	}
	at := time.Now()
	r.s.count("kill -9", 1)
	if len(held) > 0 {
		r.s.count("kill -9 with a DELETE under way", 1)
	}
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	for _, handle := range held {
		r.s.interrupted[killedCall{handle: handle, at: at}] = true
	}
}

// drain has a replica that is ready end as on SIGTERM, and waits for its end.
func (r *replica) drain() {
	r.awaitReady()
	began := time.Now()
	b := r.send(syscall.SIGTERM, "SIGTERM")
	if b == nil {
		return
	}
	const patience = 30 * time.Second // 10 s are promised; they are told in the table, not judged
	select {
	case <-b.Done:
		r.s.count("drains", 1)
		r.s.note("drain", time.Since(began))
	case <-time.After(patience):
		r.s.breaks("no crash", "replica %s does not end on SIGTERM:\n%s", r.name, processtest.Tail(b.Logs.String(), 30))
		r.kill()
		<-b.Done
	}
}

// hang stops a replica in the middle of what it does, for a while.
func (r *replica) hang(d time.Duration) {
	if r.send(syscall.SIGSTOP, "") == nil {
		return
	}
	r.s.count("SIGSTOP", 1)
	time.Sleep(d)
	r.send(syscall.SIGCONT, "")
}

// phoneNumber is any of the people's numbers, however it is written.
func phoneNumber() *regexp.Regexp {
	return regexp.MustCompile(`\b1?415[^0-9A-Za-z]{0,2}555[^0-9A-Za-z]?\d{4}\b`)
}

// inspect judges how a process ended, and what it wrote.
func (r *replica) inspect(b *processtest.Process) {
	r.mu.Lock()
	why := r.stoppedBy[b]
	r.mu.Unlock()
	logs, code := b.Logs.String(), b.Cmd.ProcessState.ExitCode()
	switch {
	case why == "SIGTERM" && code != 0:
		r.s.breaks("no crash", "replica %s drained with exit code %d:\n%s", r.name, code, processtest.Tail(logs, 30))
	case why == "" && code != 0 && !strings.Contains(logs, `"msg":"linqbot serves"`):
		r.s.count("starts in vain", 1) // its database was away
	case why == "":
		r.s.breaks("no crash", "replica %s ended by itself with exit code %d:\n%s", r.name, code, processtest.Tail(logs, 30))
	}
	for line := range strings.Lines(logs) {
		if strings.Contains(line, "DATA RACE") || strings.Contains(line, "panic") {
			_, after, _ := strings.Cut(logs, line)
			r.s.breaks("no crash", "replica %s:\n%s%s", r.name, line, after[:min(len(after), 4000)])
		}
		if phoneNumber().MatchString(line) || strings.Contains(line, "/response/") || strings.Contains(line, webhookSecret) {
			r.s.breaks("5 private", "a log line holds a number or a secret: %s", line)
		}
	}
	r.s.count("log lines", strings.Count(logs, "\n"))
}
