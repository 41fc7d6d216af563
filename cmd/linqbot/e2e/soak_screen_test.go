//go:build unix

package e2e_test

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"linqbot/bot/slacktest"
)

// soakScreen is what people see in Slack, put in order by whom it is about.
type soakScreen struct {
	removals  map[*soakPerson][]slacktest.Message // the replies on removals
	additions map[*soakPerson][]slacktest.Message // the replies on people taken back
	parents   map[*soakPerson]int
	open      []string // threads that do not say yet how it ended
	doubles   []string // messages that stand twice
	strays    []string // messages that are about nobody
	messages  int
}

// look reads every channel.
func (s *soak) look() soakScreen {
	screen := soakScreen{
		removals: make(map[*soakPerson][]slacktest.Message), additions: make(map[*soakPerson][]slacktest.Message),
		parents: make(map[*soakPerson]int),
	}
	for _, id := range s.channels {
		s.lookInto(id, &screen)
	}
	return screen
}

func (s *soak) lookInto(channel string, screen *soakScreen) {
	parents := make(map[string]slacktest.Message)
	told := make(map[string]map[*soakPerson]bool) // by parent
	keys := make(map[any]bool)
	for _, m := range s.slack.Messages(channel) {
		if m.Author != s.slack.Config().BotUserID {
			continue
		}
		screen.messages++
		if m.Metadata != nil {
			key := m.Metadata.EventPayload["key"]
			if keys[key] {
				screen.doubles = append(screen.doubles, m.Rendered)
			}
			keys[key] = true
		}
		named := s.people.find(m.Text)
		if m.ThreadTS == "" {
			parents[m.TS] = m
			for _, p := range named {
				screen.parents[p]++
			}
			continue
		}
		if len(named) == 0 {
			named = s.people.find(parents[m.ThreadTS].Text) // some refusals name the chat alone
		}
		if len(named) != 1 {
			screen.strays = append(screen.strays, m.Rendered)
			continue
		}
		p := named[0]
		if told[m.ThreadTS] == nil {
			told[m.ThreadTS] = make(map[*soakPerson]bool)
		}
		told[m.ThreadTS][p] = true
		if isAddition(m.Text) {
			screen.additions[p] = append(screen.additions[p], m)
		} else {
			screen.removals[p] = append(screen.removals[p], m)
		}
		if !isEnd(m.Text) {
			screen.open = append(screen.open, m.Rendered)
		}
	}
	for ts, parent := range parents {
		if named := s.people.find(parent.Text); len(told[ts]) < len(named) || len(named) == 0 {
			screen.open = append(screen.open, fmt.Sprintf("%d replies to: %s", len(told[ts]), parent.Rendered))
		}
	}
}

func isEnd(text string) bool {
	return strings.HasPrefix(text, "✅") || strings.HasPrefix(text, "⛔") || strings.HasPrefix(text, "⚠️")
}

func isFailure(text string) bool {
	return strings.HasPrefix(text, "⛔") || strings.HasPrefix(text, "⚠️")
}

// isUnread recognises the refusal of a removal before which the chat could not be read, and to which
// Linq answers that there is nobody. It is true also of one whom an earlier request has removed.
func isUnread(text string) bool {
	return strings.HasPrefix(text, "⛔ Linq found no such chat, or nobody with this handle in it.")
}

// isAddition tells a reply on somebody who is taken back by the words that no other reply has.
func isAddition(text string) bool {
	for _, words := range []string{" is back in ", "dding ", "dded ", " already, so"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// unsettled lists what people still wait for.
func (s *soak) unsettled(screen soakScreen) []string {
	waits := append([]string(nil), screen.open...)
	for p, due := range s.due() {
		shown := len(screen.removals[p])
		switch {
		case due.silent:
		case shown < due.least:
			waits = append(waits, fmt.Sprintf("%d threads of %d: %s", shown, due.least, s.story(p, screen)))
		case shown == 0 && p.plan == leaves && s.linq.Effects(p.chat, p.handle) > 0:
			waits = append(waits, p.handle+" has left, and no thread says so")
		}
		if s.wantsBack(p) && len(screen.additions[p]) == 0 {
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

func (s *soak) wantsBack(p *soakPerson) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.undo
}

// steps returns the runs of the workflow's step that were acknowledged.
func (s *soak) steps() (acked []*soakDelivery) {
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
// work of a replica that was killed is taken over within 90 s, trouble with Slack is looked at again
// after a minute at the most, and changes of messages go at Slack's pace.
func (s *soak) settle() bool {
	const patience, between = 3 * time.Minute, 500 * time.Millisecond
	fewest, deadline := math.MaxInt, time.Time{}
	for round := 0; ; round++ {
		screen := s.look()
		waits := s.unsettled(screen)
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
			s.pressAgain(screen)
		}
		time.Sleep(between)
	}
}

// pressAgain presses the buttons whose click came to nothing.
func (s *soak) pressAgain(screen soakScreen) {
	for p, replies := range screen.removals {
		if s.wantsBack(p) && len(screen.additions[p]) == 0 {
			_, _ = s.slack.Press(s.t.Context(), s.replicas[0].url(), bert, replies[0], "add_back") // or in the next round
		}
	}
}

// soakTally is what there is for a person.
type soakTally struct{ removals, additions, parents, effects, deletes int }

func (s *soak) tally() map[*soakPerson]soakTally {
	screen, all := s.look(), make(map[*soakPerson]soakTally)
	for _, p := range s.people.all() {
		all[p] = soakTally{
			removals: len(screen.removals[p]), additions: len(screen.additions[p]), parents: screen.parents[p],
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
	var old []*soakDelivery
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
		s.insistOn(s.people.take(leaves, 1), time.Now().Add(soakPatience))
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
