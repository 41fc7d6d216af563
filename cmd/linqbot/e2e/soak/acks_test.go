//go:build unix

package soak_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"linqbot/bot/slacktest"
)

// delivery is one thing that Slack delivers, once or several times: a command, or the event of a
// workflow's step.
type delivery struct {
	command slacktest.Command
	event   map[string]any
	run     string // of a step
	silent  bool   // of a step that names no channel: it has no thread
	people  []*person

	// The soak's lock guards those below.
	sent    int // how often
	said    map[*person]map[answer]bool
	doubt   bool // an answer was lost, so it may be recorded whatever else was said
	ackedAt time.Time
}

// answer is what an ack said of a person.
type answer string

const (
	saidRecorded    answer = "recorded"
	saidUnderWay    answer = "already under way"
	saidNotRecorded answer = "not recorded"
	saidDoubtful    answer = "in doubt"
	saidNothing     answer = "nothing" // to a delivery that was answered before; it tells no more
	saidElse        answer = "something else"
)

func (s *soak) newDelivery(d delivery) *delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.said = make(map[*person]map[answer]bool)
	for _, p := range d.people {
		d.said[p] = make(map[answer]bool)
	}
	s.book = append(s.book, &d)
	return &d
}

// acked reports whether an ack has said of every person that somebody will see to it.
func (s *soak) acked(d *delivery) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return d.acked()
}

func (d *delivery) acked() bool {
	return !slices.ContainsFunc(d.people, func(p *person) bool {
		return !d.said[p][saidRecorded] && !d.said[p][saidUnderWay]
	})
}

// nothingDone reports that every answer there was says so, and that none was lost.
func (d *delivery) nothingDone(p *person) bool {
	said := d.said[p]
	return !d.doubt && !said[saidRecorded] && !said[saidUnderWay] && !said[saidDoubtful]
}

// recordAck notes what one answer to a delivery says.
func (s *soak) recordAck(d *delivery, ack slacktest.Ack, err error) {
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

func answersIn(d *delivery, ack slacktest.Ack) map[*person]answer {
	answers := make(map[*person]answer)
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

// expectation is how many requests there must and may be for a person, and what is known of them.
type expectation struct {
	least, most int
	silent      bool // none of them has a thread
	acked       bool
	ackedAt     time.Time
	own         []time.Time // when requests were acknowledged that are certainly there
}

// due adds up what the acks have said. A delivery that was told of another's request once has none
// of its own. One whose answer was lost may have been told that: then its own is not certain.
func (s *soak) due() map[*person]expectation {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[*person]expectation)
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

// story is all that is known of a person, for the report of a broken promise.
func (s *soak) story(p *person, view slackView) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s), who left %d times after %d DELETEs", p.handle, p.plan, s.linq.Effects(p.chat, p.handle), s.linq.Deletes(p.chat, p.handle))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.book {
		if said, ok := d.said[p]; ok {
			fmt.Fprintf(&b, "\n  asked for by %s%s: %v, an answer lost: %t", d.command.TriggerID, d.run, said, d.doubt)
		}
	}
	for _, m := range slices.Concat(view.removals[p], view.additions[p]) {
		fmt.Fprintf(&b, "\n  %s in %s: %s", m.At().Format(time.TimeOnly), m.Channel, m.Text)
	}
	return b.String()
}
