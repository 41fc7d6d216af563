//go:build unix

package soak_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"time"

	_ "linqbot/ledger" // the driver of SQLite
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// trouble is one thing that goes wrong.
type trouble struct {
	what   string
	first  bool // it happens even in the shortest soak, and in this order
	slow   bool // it may leave work to the rescuer; a short soak that ends with it takes long to settle
	happen func()
}

// makeTrouble makes one trouble after the other until the time comes. What has begun comes to its
// end, so that a soak of any length has met those that come first.
func (s *soak) makeTrouble(all []trouble, until time.Time) {
	meet := func(t trouble) {
		s.count("trouble: "+t.what, 1)
		t.happen()
		s.dice.pause(300*time.Millisecond, 2*time.Second)
	}
	s.dice.pause(time.Second, 2*time.Second)
	var later []trouble
	for _, t := range all {
		if t.first {
			meet(t)
		}
		if !t.slow || len(s.replicas) == 1 || *soakFor >= time.Minute {
			later = append(later, t)
		}
	}
	for time.Now().Before(until) {
		meet(later[s.dice.below(len(later))])
	}
}

// troubles are those that any ledger meets.
func (s *soak) troubles() []trouble {
	return []trouble{
		{what: "kill -9 at work", first: true, slow: true, happen: s.killAtWork},
		{what: "kill -9 at any moment", slow: true, happen: func() { s.inAnyOrder()[0].kill() }},
		{what: "SIGTERM", happen: func() { s.inAnyOrder()[0].drain() }},
		{what: "SIGSTOP for seconds", happen: func() { s.inAnyOrder()[0].hang(s.dice.between(time.Second, 5*time.Second)) }},
		{what: "Slack out", happen: func() { s.outage("Slack") }},
		{what: "Linq out", happen: func() { s.outage("Linq") }},
	}
}

// killAtWork kills a replica that waits for Linq's answer to a DELETE. Linq then has not done it, so
// that no webhook ends what was under way: somebody has to take it over.
func (s *soak) killAtWork() {
	s.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: 4 * time.Second, Drop: linqtest.BeforeEffect})
	soon(10*time.Second, time.Millisecond, func() bool {
		for _, r := range s.replicas {
			if len(r.front.underWay()) > 0 {
				r.kill()
				return true
			}
		}
		return false
	})
}

func (s *soak) outage(of string) {
	s.out.Store(&of)
	s.dice.pause(time.Second, 4*time.Second)
	s.out.Store(nil)
}

// postgresTroubles are those of several replicas, and of the server they share.
func (s *soak) postgresTroubles(server *ledgertest.Server) []trouble {
	restart := func(mode ledgertest.StopMode) func() {
		return func() {
			if err := server.Stop(mode); err != nil {
				s.breaks("no crash", "PostgreSQL: %v", err)
			}
			s.dice.pause(0, 3*time.Second)
			if err := server.Start(); err != nil {
				s.breaks("no crash", "PostgreSQL: %v", err)
			}
		}
	}
	lose := func(replicas []*replica) {
		for _, r := range replicas {
			r.proxy.Lose()
		}
		s.dice.pause(time.Second, 5*time.Second)
		for _, r := range replicas {
			r.proxy.Restore()
		}
	}
	troubles := []trouble{
		{what: "PostgreSQL restarted, immediate", first: true, slow: true, happen: restart(ledgertest.Immediate)},
		{what: "PostgreSQL restarted, fast", slow: true, happen: restart(ledgertest.Fast)},
		{what: "the way to PostgreSQL lost", slow: true, happen: func() { lose(s.replicas) }},
		{what: "one replica's way to PostgreSQL lost", slow: true, happen: func() { lose(s.inAnyOrder()[:1]) }},
		{what: "one replica's way to PostgreSQL silent", slow: true, happen: func() {
			r := s.inAnyOrder()[0]
			r.proxy.Silence()
			s.dice.pause(time.Second, 15*time.Second)
			r.proxy.Restore()
		}},
		{what: "one replica's way to PostgreSQL silent until others take over", slow: true, happen: func() {
			r := s.inAnyOrder()[0]
			r.proxy.Silence()
			time.Sleep(11 * time.Second) // what the server waits for a sign of life
			r.proxy.Abandon()
			s.dice.pause(time.Second, 5*time.Second)
			r.proxy.Restore()
		}},
		{what: "an answer of PostgreSQL lost", slow: true, happen: func() {
			r := s.inAnyOrder()[0]
			r.proxy.LoseAnswer(func(sent []byte) bool { return s.dice.oneIn(20) }, false)
			s.dice.pause(time.Second, 3*time.Second)
			r.proxy.Restore()
		}},
		{what: "kill -9 of all", slow: true, happen: func() {
			for _, r := range s.replicas {
				r.kill()
			}
		}},
	}
	if *soakFor >= 2*time.Minute {
		troubles = append(troubles, trouble{what: "SIGSTOP until others take over", slow: true, happen: func() {
			s.inAnyOrder()[0].hang(s.dice.between(45*time.Second, 85*time.Second))
		}})
	}
	return troubles
}

// sqliteTroubles are those of a file.
func (s *soak) sqliteTroubles() []trouble {
	return []trouble{{what: "the file locked by another", first: true, happen: s.lockFile}}
}

func (s *soak) lockFile() {
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "ledger.db"))
	if err != nil {
		s.breaks("no crash", "%v", err)
		return
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		s.breaks("no crash", "%v", err)
		return
	}
	defer conn.Close()
	if !soon(20*time.Second, 3*time.Millisecond, func() bool {
		_, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
		return err == nil
	}) {
		return
	}
	s.dice.pause(time.Second, 4*time.Second)
	if _, err := conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		s.breaks("no crash", "unlock the file: %v", err)
	}
}
