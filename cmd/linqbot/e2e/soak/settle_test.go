//go:build unix

package soak_test

import (
	"fmt"
	"math"
	"sync"
	"time"

	"linqbot/bot/slacktest"
)

// unsettled lists what people still wait for.
func (s *soak) unsettled(view slackView) []string {
	waits := append([]string(nil), view.open...)
	for p, due := range s.due() {
		shown := len(view.removals[p])
		switch {
		case due.silent:
		case shown < due.least:
			waits = append(waits, fmt.Sprintf("%d threads of %d: %s", shown, due.least, s.story(p, view)))
		case shown == 0 && p.plan == leaves && s.linq.Effects(p.chat, p.handle) > 0:
			waits = append(waits, p.handle+" has left, and no thread says so")
		}
		if s.wantsBack(p) && len(view.additions[p]) == 0 {
			waits = append(waits, p.handle+" is to come back")
		}
	}
	for _, d := range s.steps() {
		if run, ok := s.slack.Execution(d.run); ok && run.Status == slacktest.Running {
			waits = append(waits, "the step "+d.run+" runs")
		}
	}
	return waits
}

func (s *soak) wantsBack(p *person) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.undo
}

// steps returns the runs of the workflow's step that were acknowledged.
func (s *soak) steps() (acked []*delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.book {
		if d.run != "" && d.acked() {
			acked = append(acked, d)
		}
	}
	return acked
}

// settle waits until nobody waits for anything, as long as those who do become fewer. On PostgreSQL the
// work of a replica that was frozen is taken over within 90 s, trouble with Slack is looked at again
// after a minute at the most, and changes of messages go at Slack's pace.
func (s *soak) settle() bool {
	const patience, between = 3 * time.Minute, 500 * time.Millisecond
	fewest, deadline := math.MaxInt, time.Time{}
	for round := 0; ; round++ {
		view := s.look()
		waits := s.unsettled(view)
		if len(waits) == 0 {
			return true
		}
		if len(waits) < fewest {
			fewest, deadline = len(waits), time.Now().Add(patience)
		}
		if time.Now().After(deadline) {
			for _, wait := range waits {
				s.breaks("1 ended", "waited %s in vain: %s", patience, wait)
			}
			return false
		}
		const pressEvery = 10
		if round%pressEvery == 0 {
			s.pressAgain(view)
		}
		time.Sleep(between)
	}
}

// pressAgain presses the buttons whose click came to nothing.
func (s *soak) pressAgain(view slackView) {
	for p, replies := range view.removals {
		if s.wantsBack(p) && len(view.additions[p]) == 0 {
			_, _ = s.slack.Press(s.t.Context(), s.replicas[0].url(), bert, replies[0], "add_back") // or in the next round
		}
	}
}

// tally is what there is for a person.
type tally struct{ removals, additions, parents, effects, deletes int }

func (s *soak) tally() map[*person]tally {
	view, all := s.look(), make(map[*person]tally)
	for _, p := range s.people.all() {
		all[p] = tally{
			removals: len(view.removals[p]), additions: len(view.additions[p]), parents: view.parents[p],
			effects: s.linq.Effects(p.chat, p.handle), deletes: s.linq.Deletes(p.chat, p.handle),
		}
	}
	return all
}

// redeliverAll delivers once more, to every replica, what was acknowledged long ago; nothing new may
// come of it. Removals that are asked for afterwards, and end, tell that there was time for it.
func (s *soak) redeliverAll() {
	const most = 200
	before := s.tally()
	s.mu.Lock()
	var old []*delivery
	for _, d := range s.book {
		if d.acked() && len(old) < most {
			old = append(old, d)
		}
	}
	s.mu.Unlock()
	var sending sync.WaitGroup
	for _, r := range s.replicas {
		sending.Go(func() {
			for _, d := range old {
				if !s.deliverTo(d, r) {
					s.breaks("4 once", "replica %s did not answer a redelivery", r.name)
				}
			}
		})
	}
	sending.Wait()
	s.count("redeliveries", len(old)*len(s.replicas))
	for range s.replicas {
		s.insistOn(s.people.take(leaves, 1), time.Now().Add(longPatience))
	}
	s.settle()
	after := s.tally()
	for p, was := range before {
		s.count("checked: 4 once", 1)
		if asked := s.due()[p]; after[p] != was && asked.most > 0 && before[p].removals >= asked.least {
			s.breaks("4 once", "redelivered, %+v became %+v: %s", was, after[p], s.story(p, s.look()))
		}
	}
}
