//go:build unix

package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"linqbot/bot/slacktest"
)

// soakDelivery is one thing that Slack delivers, once or several times: a command, or the event of a
// workflow's step.
type soakDelivery struct {
	command slacktest.Command
	event   map[string]any
	run     string // of a step
	silent  bool   // of a step that names no channel: it has no thread
	people  []*soakPerson

	// The soak's lock guards those below.
	sent    int // how often
	said    map[*soakPerson]map[soakAnswer]bool
	doubt   bool // an answer was lost, so it may be recorded whatever else was said
	ackedAt time.Time
}

// soakAnswer is what an ack said of a person.
type soakAnswer string

const (
	saidRecorded    soakAnswer = "recorded"
	saidUnderWay    soakAnswer = "already under way"
	saidNotRecorded soakAnswer = "not recorded"
	saidDoubtful    soakAnswer = "in doubt"
	saidNothing     soakAnswer = "nothing" // to a delivery that was answered before; it tells no more
	saidElse        soakAnswer = "something else"
)

func (s *soak) newDelivery(d soakDelivery) *soakDelivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.said = make(map[*soakPerson]map[soakAnswer]bool)
	for _, p := range d.people {
		d.said[p] = make(map[soakAnswer]bool)
	}
	s.book = append(s.book, &d)
	return &d
}

// acked reports whether an ack has said of every person that somebody will see to it.
func (s *soak) acked(d *soakDelivery) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return d.acked()
}

func (d *soakDelivery) acked() bool {
	return !slices.ContainsFunc(d.people, func(p *soakPerson) bool {
		return !d.said[p][saidRecorded] && !d.said[p][saidUnderWay]
	})
}

// nothingDone reports that every answer there was says so, and that none was lost.
func (d *soakDelivery) nothingDone(p *soakPerson) bool {
	said := d.said[p]
	return !d.doubt && !said[saidRecorded] && !said[saidUnderWay] && !said[saidDoubtful]
}

// hear notes what one answer to a delivery says.
func (s *soak) hear(d *soakDelivery, ack slacktest.Ack, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if neverArrived(err) {
		s.counts["acks: nobody listened"]++
		return
	}
	if err != nil {
		s.counts["acks: no answer"]++
		d.doubt = true
		return
	}
	s.took["ack"] = append(s.took["ack"], ack.Took)
	for p, answer := range answersIn(d, ack) {
		s.counts["acks: "+string(answer)]++
		d.said[p][answer] = true
		if answer == saidElse {
			s.broken["1 ended"] = append(s.broken["1 ended"], fmt.Sprintf("an ack of status %d says: %s", ack.Status, ack.Text))
		}
	}
	if d.ackedAt.IsZero() && d.acked() {
		d.ackedAt = time.Now()
	}
}

func answersIn(d *soakDelivery, ack slacktest.Ack) map[*soakPerson]soakAnswer {
	answers := make(map[*soakPerson]soakAnswer)
	for _, p := range d.people {
		switch {
		case d.event != nil && ack.Status == http.StatusOK:
			answers[p] = saidRecorded
		case d.event != nil && ack.Status == http.StatusInternalServerError:
			answers[p] = saidDoubtful // Slack is to deliver it again; it says no more than that
		case strings.Contains(ack.Text, "not recorded and nothing was done"):
			answers[p] = saidNotRecorded
		case strings.Contains(ack.Text, "could not make sure"):
			answers[p] = saidDoubtful
		case ack.Status == http.StatusOK && ack.Text == "" && d.sent > 1:
			answers[p] = saidNothing
		default:
			answers[p] = saidElse
		}
		for line := range strings.Lines(ack.Text) {
			if !strings.Contains(line, "+1 415-555-"+p.digits()) {
				continue
			}
			switch {
			case strings.Contains(line, "is recorded"):
				answers[p] = saidRecorded
			case strings.Contains(line, "already under way"):
				answers[p] = saidUnderWay
			}
		}
	}
	return answers
}

// soakDue is how many requests there must and may be for a person, and what is known of them.
type soakDue struct {
	least, most int
	silent      bool // none of them has a thread
	acked       bool
	ackedAt     time.Time
	own         []time.Time // when requests were acknowledged that are certainly there
}

// due adds up what the acks have said. A delivery that was told of another's request once has none
// of its own. One whose answer was lost may have been told that: then its own is not certain.
func (s *soak) due() map[*soakPerson]soakDue {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[*soakPerson]soakDue)
	for _, d := range s.book {
		for _, p := range d.people {
			sum, said := all[p], d.said[p]
			sum.silent = d.silent
			if said[saidRecorded] || said[saidUnderWay] {
				sum.acked = true
				if !d.ackedAt.IsZero() && (sum.ackedAt.IsZero() || d.ackedAt.Before(sum.ackedAt)) {
					sum.ackedAt = d.ackedAt
				}
			}
			if !said[saidUnderWay] && !d.nothingDone(p) {
				sum.most++
				if said[saidRecorded] && !d.doubt && !said[saidDoubtful] {
					sum.least++
					sum.own = append(sum.own, d.ackedAt)
				}
			}
			all[p] = sum
		}
	}
	for p, sum := range all {
		if sum.acked {
			sum.least = max(sum.least, 1)
			all[p] = sum
		}
	}
	return all
}

// story is all that is known of a person, for whoever reads of a broken promise.
func (s *soak) story(p *soakPerson, screen soakScreen) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s), who left %d times after %d DELETEs", p.handle, p.plan, s.linq.Effects(p.chat, p.handle), s.linq.Deletes(p.chat, p.handle))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.book {
		if said, ok := d.said[p]; ok {
			fmt.Fprintf(&b, "\n  asked for by %s%s: %v, an answer lost: %t", d.command.TriggerID, d.run, said, d.doubt)
		}
	}
	for _, m := range slices.Concat(screen.removals[p], screen.additions[p]) {
		fmt.Fprintf(&b, "\n  %s in %s: %s", m.At().Format(time.TimeOnly), m.Channel, m.Text)
	}
	return b.String()
}
