//go:build unix

package soak_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"linqbot/bot/slacktest"
)

// traffic plays bursts of scenes until the time comes, each scene with people of its own. While many
// wait for an ack no more begin: how much the machine can bear is not what the soak is to find out.
func (s *soak) traffic(until time.Time) {
	const mostAtOnce = 16
	var playing sync.WaitGroup
	slots := make(chan struct{}, mostAtOnce)
	for range 2 { // the dice alone may roll no failure in a short soak
		playing.Go(func() { s.oneOf(outOfReach, until) })
	}
	playing.Go(func() { s.forge(s.people.take(forged, 1)[0], s.people.take(leaves, 1)[0]) }) // nor a forged request
	for time.Now().Before(until) {
		for range 1 + s.dice.below(4) {
			scene := s.anyScene()
			slots <- struct{}{}
			playing.Go(func() {
				defer func() { <-slots }()
				scene(until)
			})
		}
		s.dice.pause(200*time.Millisecond, 1200*time.Millisecond)
	}
	playing.Wait()
}

func (s *soak) anyScene() func(until time.Time) {
	switch s.dice.below(16) {
	case 0, 1, 2:
		return s.sameRemoval
	case 3, 4, 5:
		return s.severalAtOnce
	case 6, 7:
		return s.workflowStep
	case 8, 9:
		return s.undone
	case 10:
		return func(until time.Time) { s.oneOf(absent, until) }
	case 11:
		return func(until time.Time) { s.oneOf(outOfReach, until) }
	case 12:
		return func(until time.Time) { s.oneOf(gone, until) }
	case 13:
		return s.askedAgain
	default:
		return func(until time.Time) { s.oneOf(leaves, until) }
	}
}

func (s *soak) anyChannel() string { return s.channels[s.dice.below(len(s.channels))] }

func (s *soak) anybody() string { return []string{alice, bert}[s.dice.below(2)] }

func (s *soak) oneOf(plan scenario, until time.Time) {
	for _, p := range s.people.take(plan, 1) {
		s.insistOn([]*person{p}, until)
		if s.dice.oneIn(3) {
			for _, wanted := range s.people.take(forged, 1) {
				s.forge(wanted, p)
			}
		}
	}
}

func (s *soak) severalAtOnce(until time.Time) {
	if people := s.people.take(leaves, 2+s.dice.below(3)); len(people) > 0 {
		s.insistOn(people, until)
	}
}

// sameRemoval has several people ask for the same, each in a channel of their own.
func (s *soak) sameRemoval(until time.Time) {
	people := s.people.take(leaves, 1)
	var asking sync.WaitGroup
	for range (2 + s.dice.below(2)) * len(people) {
		asking.Go(func() { s.insistOn(people, until) })
	}
	asking.Wait()
}

// insistOn has a person type a removal until it is acknowledged, as people do; some leave it at an
// answer that nothing was done. It returns the delivery that was acknowledged.
func (s *soak) insistOn(people []*person, until time.Time) *delivery {
	user, channel := s.anybody(), s.anyChannel()
	handles := make([]string, len(people))
	for i, p := range people {
		handles[i] = p.typed(s.dice.below(3))
	}
	leavesIt := s.dice.oneIn(3)
	for {
		d := s.newDelivery(delivery{people: people, command: slacktest.Command{
			UserID: user, ChannelID: channel, Text: people[0].chat + " " + strings.Join(handles, ", "),
			TriggerID: s.slack.NewTriggerID(user), ResponseURL: s.slack.NewResponseURL(channel, user, ""),
		}})
		s.deliver(d)
		s.mu.Lock()
		acked, content := d.acked(), leavesIt && d.nothingDone(people[0])
		s.mu.Unlock()
		if acked {
			if s.dice.oneIn(4) {
				s.dice.pause(500*time.Millisecond, 4*time.Second)
				s.count("redeliveries", 1)
				s.deliverTo(d, s.inAnyOrder()[0])
			}
			return d
		}
		if content || time.Now().After(until) {
			return nil
		}
		s.dice.pause(300*time.Millisecond, 1500*time.Millisecond)
	}
}

// deliver sends a delivery to any replica, and to another one where nobody answers; of three
// deliveries one goes to all at once.
func (s *soak) deliver(d *delivery) {
	replicas := s.inAnyOrder()
	if s.dice.oneIn(3) {
		s.count("deliveries to all at once", 1)
		var sending sync.WaitGroup
		for _, r := range replicas {
			sending.Go(func() { s.deliverTo(d, r) })
			if len(replicas) == 1 {
				sending.Go(func() { s.deliverTo(d, r) })
			}
		}
		sending.Wait()
		return
	}
	for _, r := range replicas {
		if s.deliverTo(d, r) {
			return
		}
	}
}

// deliverTo delivers once to one replica, and reports whether that answered.
func (s *soak) deliverTo(d *delivery, to *replica) bool {
	s.mu.Lock()
	d.sent++
	s.mu.Unlock()
	var ack slacktest.Ack
	var err error
	if d.event != nil {
		ack, err = s.slack.SendEvent(s.t.Context(), to.url(), d.event)
	} else {
		ack, err = s.slack.Send(s.t.Context(), to.url(), d.command)
	}
	s.recordAck(d, ack, err)
	return err == nil
}

// workflowStep has a workflow run the step. Slack delivers an event again that was not taken.
func (s *soak) workflowStep(until time.Time) {
	people := s.people.take(leaves, 1)
	if len(people) == 0 {
		return
	}
	run := fmt.Sprintf("Fx%s", people[0].digits())
	inputs := map[string]any{"chat_id": people[0].chat, "handle": people[0].typed(s.dice.below(3)), "requested_by": bert}
	channel := s.anyChannel()
	where := s.dice.below(3)
	if where > 0 {
		inputs["channel_id"] = channel
	}
	if where > 1 {
		inputs["message_ts"] = s.slack.PostAs(bert, channel, "", "Please take them out").TS
	}
	d := s.newDelivery(delivery{people: people, run: run, silent: where == 0, event: s.stepEvent(run, inputs)})
	for {
		s.deliver(d)
		if s.acked(d) {
			break
		}
		if time.Now().After(until) {
			return
		}
		s.dice.pause(300*time.Millisecond, 1500*time.Millisecond)
	}
	if s.dice.oneIn(3) {
		s.count("redeliveries", 1)
		s.deliverTo(d, s.inAnyOrder()[0])
	}
}

// stepEvent is the event of a workflow that runs the step.
func (s *soak) stepEvent(run string, inputs map[string]any) map[string]any {
	return s.slack.Envelope(map[string]any{
		"type": "function_executed", "function": map[string]any{"callback_id": "remove_participant", "type": "app"},
		"inputs": inputs, "function_execution_id": run, "workflow_execution_id": "Wx1", "bot_access_token": "xwfp-1",
	})
}

// askedAgain has somebody removed, and another person ask for it when it is done.
func (s *soak) askedAgain(until time.Time) {
	people := s.people.take(leaves, 1)
	if len(people) == 0 {
		return
	}
	d := s.insistOn(people, until)
	if d == nil {
		return
	}
	if _, ended := s.awaitEnd(people[0], d.command.ChannelID, until); ended {
		s.insistOn(people, until)
	}
}

// awaitEnd returns the reply that says how a person's removal ended.
func (s *soak) awaitEnd(p *person, channel string, until time.Time) (reply slacktest.Message, ended bool) {
	ended = soon(time.Until(until), 500*time.Millisecond, func() bool {
		for _, m := range s.slack.Messages(channel) {
			if named := s.people.find(m.Text); m.ThreadTS != "" && isEnd(m.Text) && len(named) == 1 && named[0] == p {
				reply = m
				return true
			}
		}
		return false
	})
	return reply, ended
}

// undone has somebody removed, and taken back by a double click.
func (s *soak) undone(until time.Time) {
	people := s.people.take(leaves, 1)
	if len(people) == 0 {
		return
	}
	d := s.insistOn(people, until)
	if due := s.due()[people[0]]; d == nil || due.least != 1 || due.most != 1 {
		return // a request that nobody is sure of might remove them once more
	}
	reply, ended := s.awaitEnd(people[0], d.command.ChannelID, until)
	if !ended {
		return
	}
	s.mu.Lock()
	people[0].undo = true
	s.mu.Unlock()
	s.count("undos", 1)
	var pressing sync.WaitGroup
	for _, r := range s.inAnyOrder() {
		pressing.Go(func() { s.press(reply, r) })
	}
	pressing.Wait()
}

// press presses Add back. What comes of it is told in the thread, or to one person alone. A person
// who sees nothing presses again in the end.
func (s *soak) press(reply slacktest.Message, to *replica) {
	ack, err := s.slack.Press(s.t.Context(), to.url(), bert, reply, "add_back")
	if err == nil && ack.Status != http.StatusOK {
		s.breaks("1 ended", "a click was answered %d", ack.Status)
	}
}
