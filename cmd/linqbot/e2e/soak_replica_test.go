//go:build unix

package e2e_test

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"linqbot/ledger/ledgertest"
)

// replica is one linqbot, started again whenever it ends, as an orchestrator does.
type replica struct {
	s     *soak
	name  string
	env   testEnv           // the soak's, with an address and an environment of its own
	front *linqFront        // its way to Linq
	way   *ledgertest.Proxy // its way to the database; nil on SQLite

	mu      sync.Mutex
	process *botProcess
	told    map[*botProcess]string // what we did to end it
	over    bool
	ended   chan struct{}
}

// addReplica starts a replica. Without the URL of a server it has an SQLite file of its own.
func (s *soak) addReplica(name, database string) {
	s.t.Helper()
	r := &replica{s: s, name: name, env: *s.testEnv, told: make(map[*botProcess]string), ended: make(chan struct{})}
	r.env.vars, r.env.addr = maps.Clone(s.vars), freeAddr(s.t)
	r.front = newLinqFront(s.t, s.linq)
	r.env.vars["LINQ_API_V3_BASE_URL"] = r.front.url
	r.env.vars["LISTEN_ADDR"] = r.env.addr
	if database != "" {
		r.way = ledgertest.NewProxy(s.t, database)
		r.env.vars["DATABASE_URL"] = r.way.URL
	}
	if _, err := program(); err != nil {
		s.t.Fatal(err)
	}
	s.replicas = append(s.replicas, r)
	s.t.Cleanup(r.stop)
	go r.keepRunning()
}

func (r *replica) url() string { return "http://" + r.env.addr }

func (r *replica) keepRunning() {
	defer close(r.ended)
	const patience = 100 * time.Millisecond
	for r.start() {
		<-r.process.done
		r.inspect(r.process)
		time.Sleep(patience) // no orchestrator starts at once what does not stay up
	}
}

func (r *replica) start() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return false
	}
	b := &botProcess{t: r.s.t, url: r.url(), logs: &logFile{}, done: make(chan struct{}), cmd: r.env.command("serve")}
	b.cmd.Stdout, b.cmd.Stderr = b.logs, b.logs
	if err := b.cmd.Start(); err != nil {
		r.s.breaks("no crash", "replica %s: %v", r.name, err)
		return false
	}
	go func() {
		_ = b.cmd.Wait() // inspect looks at how it ended
		close(b.done)
	}()
	r.process = b
	return true
}

// retire has the replica drain, and not start again.
func (r *replica) retire() {
	r.awaitReady()
	r.mu.Lock()
	r.over = true
	r.mu.Unlock()
	r.drain()
	r.stop()
}

// stop ends the replica for good, at once if it still runs.
func (r *replica) stop() {
	r.mu.Lock()
	r.over = true
	if b := r.process; b != nil {
		r.told[b] = cmp.Or(r.told[b], "kill -9")
		_ = b.cmd.Process.Kill() // it may have ended
	}
	r.mu.Unlock()
	<-r.ended
}

// send gives the running process a signal, and returns the process; nil if none takes signals.
func (r *replica) send(signal syscall.Signal, told string) *botProcess {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process == nil || r.process.cmd.Process.Signal(signal) != nil {
		return nil
	}
	if told != "" {
		r.told[r.process] = told
	}
	return r.process
}

func (r *replica) ready() bool {
	r.mu.Lock()
	b := r.process
	r.mu.Unlock()
	return b != nil && b.get("/readyz") == http.StatusOK
}

// soakPatience is for a machine that is busy with other things.
const soakPatience = 90 * time.Second

func (r *replica) awaitReady() {
	if !soon(soakPatience, 50*time.Millisecond, r.ready) {
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

// soakKill is a request that a replica was asking Linq for when it was killed.
type soakKill struct {
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
		r.s.held[soakKill{handle: handle, at: at}] = true
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
	case <-b.done:
		r.s.count("drains", 1)
		r.s.note("drain", time.Since(began))
	case <-time.After(patience):
		r.s.breaks("no crash", "replica %s does not end on SIGTERM:\n%s", r.name, tail(b.logs.String(), 30))
		r.kill()
		<-b.done
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

// soakNumber is any of the people's numbers, however it is written.
func soakNumber() *regexp.Regexp {
	return regexp.MustCompile(`\b1?415[^0-9A-Za-z]{0,2}555[^0-9A-Za-z]?\d{4}\b`)
}

// inspect judges how a process ended, and what it wrote.
func (r *replica) inspect(b *botProcess) {
	r.mu.Lock()
	told := r.told[b]
	r.mu.Unlock()
	logs, code := b.logs.String(), b.cmd.ProcessState.ExitCode()
	switch {
	case told == "SIGTERM" && code != 0:
		r.s.breaks("no crash", "replica %s drained with exit code %d:\n%s", r.name, code, tail(logs, 30))
	case told == "" && code != 0 && !strings.Contains(logs, `"msg":"linqbot serves"`):
		r.s.count("starts in vain", 1) // its database was away
	case told == "":
		r.s.breaks("no crash", "replica %s ended by itself with exit code %d:\n%s", r.name, code, tail(logs, 30))
	}
	for line := range strings.Lines(logs) {
		if strings.Contains(line, "DATA RACE") || strings.Contains(line, "panic") {
			_, after, _ := strings.Cut(logs, line)
			r.s.breaks("no crash", "replica %s:\n%s%s", r.name, line, after[:min(len(after), 4000)])
		}
		if soakNumber().MatchString(line) || strings.Contains(line, "/response/") || strings.Contains(line, soakSecret) {
			r.s.breaks("5 private", "a log line holds a number or a secret: %s", line)
		}
	}
	r.s.count("log lines", strings.Count(logs, "\n"))
}
