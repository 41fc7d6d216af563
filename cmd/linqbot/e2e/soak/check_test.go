//go:build unix

package soak_test

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// check holds what Slack and Linq saw against the promises.
func (s *soak) check() {
	view, due := s.look(), s.due()
	for _, p := range s.people.all() {
		s.checkEnd(p, view, due[p])
		s.checkEffect(p, due[p], view)
		s.checkReplies(p, due[p], view)
	}
	for _, d := range s.steps() {
		s.checkStep(d)
	}
	s.count("checked: 3 true", view.messages)
	for _, double := range view.doubles {
		s.breaks("3 true", "a message stands twice: %s", double)
	}
	for _, reply := range view.unattributed {
		s.breaks("3 true", "a reply is about nobody: %s", reply)
	}
	s.checkHistory()
	s.checkSecrecy()
}

// checkEnd: what was acknowledged has ended, in as many threads as there were deliveries of its own.
func (s *soak) checkEnd(p *person, view slackView, due expectation) {
	if due.silent {
		return // the step's outputs say it
	}
	shown := len(view.removals[p])
	s.count("checked: 1 ended", due.least)
	s.count("checked: 4 once", 1)
	switch {
	case shown < due.least:
		s.breaks("1 ended", "%d threads of %d: %s", shown, due.least, s.story(p, view))
	case shown > due.most:
		s.breaks("4 once", "%d threads, of %d at the most: %s", shown, due.most, s.story(p, view))
	}
}

// checkEffect: one removal, and no more, where it was acknowledged; none where it was not recorded.
func (s *soak) checkEffect(p *person, due expectation, view slackView) {
	s.count("checked: 2 one effect", 1)
	effects, deletes := s.linq.Effects(p.chat, p.handle), s.linq.Deletes(p.chat, p.handle)
	s.count("DELETEs", deletes)
	s.count("removals", effects)
	least, most := 0, 0
	switch {
	case p.plan == gone:
		least, most = 1, 1 // by themselves
	case p.plan != leaves:
	case due.acked:
		least, most = 1, 1
	case due.most > 0:
		most = 1 // the only answers were lost
	}
	if effects < least || effects > most {
		s.breaks("2 one effect", "to leave %d to %d times: %s", least, most, s.story(p, view))
	}
	if due.most == 0 && deletes > 0 {
		s.breaks("2 one effect", "nothing was recorded: %s", s.story(p, view))
	}
	if s.wantsBack(p) && !s.isIn(p) {
		s.breaks("2 one effect", "%s was taken back, and is not in the chat", p.handle)
	}
}

func (s *soak) isIn(p *person) bool {
	chat, _ := s.linq.Chat(p.chat)
	for _, person := range chat.People {
		if person.Handle == p.handle && person.Active() {
			return true
		}
	}
	return false
}

// checkReplies: each end is the one that is true, and a failure says what to do and whom to ask.
func (s *soak) checkReplies(p *person, due expectation, view slackView) {
	for _, m := range view.removals[p] {
		failed := isFailure(m.Text)
		switch {
		case isUnread(m.Text) && due.most > 1 && p.plan == leaves:
			s.count("refused unread, of one who had left", 1)
		case failed && p.plan == leaves, !failed && p.plan == outOfReach, strings.Contains(m.Text, "has left") && p.plan == absent:
			s.breaks("3 true", "%s: %s", m.Text, s.story(p, view))
		case !failed && s.isIn(p) && !s.wantsBack(p):
			s.breaks("3 true", "%s is in the chat: %s", p.handle, m.Rendered)
		}
		if failed {
			s.checkFailure(p, m)
		}
	}
	for _, m := range view.additions[p] {
		if isFailure(m.Text) || !s.isIn(p) {
			s.breaks("3 true", "%s was to come back: %s", p.handle, m.Rendered)
		}
	}
	if len(view.additions[p]) > 1 {
		s.breaks("2 one effect", "%s was taken back %d times", p.handle, len(view.additions[p]))
	}
}

func (s *soak) checkFailure(p *person, m slacktest.Message) {
	s.count("checked: 6 explained", 1)
	const sentences = 2
	says := strings.Count(m.Text, ". ") + strings.Count(m.Text, "? ")
	if says < sentences-1 || !strings.HasSuffix(m.Text, ".") || !strings.Contains(m.Rendered, "Request ") {
		s.breaks("6 explained", "%s", m.Rendered)
	}
	if p.plan == outOfReach && !strings.Contains(m.Rendered, "Trace id ") { // the one that Linq refuses
		s.breaks("6 explained", "no trace id: %s", m.Rendered)
	}
}

func (s *soak) checkStep(d *delivery) {
	s.count("checked: 1 ended", 1)
	run, _ := s.slack.Execution(d.run)
	switch status := run.Outputs["status"]; {
	case run.Status != slacktest.Completed:
		s.breaks("1 ended", "the step %s: %s %s", d.run, run.Status, run.Error)
	case status == "sent": // 30 s were over
	case status != "removed" && status != "already_gone" || s.isIn(d.people[0]):
		s.breaks("3 true", "the step %s hands back %v", d.run, status)
	}
}

// checkHistory goes through all that Slack was ever told, also what was changed since, and holds it
// against what had happened at Linq by then.
func (s *soak) checkHistory() {
	left, back := s.firstEvents()
	ended := make(map[*person]time.Time)
	for _, call := range s.slack.Calls() {
		text := call.Form.Get("text")
		if call.Method != "chat.postMessage" && call.Method != "chat.update" || !isEnd(text) {
			continue
		}
		named := s.people.find(text)
		if len(named) != 1 || isUnread(text) {
			continue // it says nothing of anybody
		}
		p := named[0]
		when, happened := left[p.chat+p.handle]
		if isAddition(text) {
			when, happened = back[p.chat+p.handle]
		} else if call.Status == http.StatusOK && call.Error == "" && ended[p].IsZero() {
			ended[p] = call.At
		}
		s.count("checked: 3 true", 1)
		done := happened && !when.After(call.At)
		if isFailure(text) == done && p.plan == leaves || !isFailure(text) && p.plan == outOfReach {
			s.breaks("3 true", "%s: Slack was told at a time when it was not so: %s", p.handle, text)
		}
	}
	for p, due := range s.due() {
		s.checkOneAtATime(p, due, left[p.chat+p.handle])
		if due.acked && !due.ackedAt.IsZero() && p.plan == leaves {
			s.noteAfter("from ack to leaving", due.ackedAt, left[p.chat+p.handle])
			s.noteAfter("from ack to the end in the thread", due.ackedAt, ended[p])
		}
	}
	s.checkTakeover()
}

func (s *soak) noteAfter(what string, from, to time.Time) {
	if to.After(from) {
		s.note(what, to.Sub(from))
	}
}

// checkTakeover measures how long it took until somebody went on with what a replica was killed at.
func (s *soak) checkTakeover() {
	calls := s.linq.Calls()
	for held := range s.interrupted {
		for _, call := range calls {
			if call.Op == linqtest.Remove && call.Handle == held.handle && call.At.After(held.at) {
				s.note("from kill -9 to the next try, of what was under way", call.At.Sub(held.at))
				break
			}
		}
	}
}

// checkOneAtATime: as long as nobody has left there is one request, and others who ask are told of it.
func (s *soak) checkOneAtATime(p *person, due expectation, left time.Time) {
	sideBySide := 0
	for _, at := range due.own {
		if p.plan == leaves && !at.IsZero() && at.Before(left) {
			sideBySide++
		}
	}
	if sideBySide > 1 {
		s.breaks("2 one effect", "%d requests side by side: %s", sideBySide, s.story(p, s.look()))
	}
}

// firstEvents returns when people first left and came back, by chat and handle.
func (s *soak) firstEvents() (left, back map[string]time.Time) {
	left, back = make(map[string]time.Time), make(map[string]time.Time)
	for _, e := range s.linq.Events() {
		of := left
		if e.Type == linqtest.ParticipantAdded {
			of = back
		}
		key := e.ChatID + e.Person.Handle
		of[key] = cmp.Or(of[key], e.At)
	}
	return left, back
}

// checkSecrecy: no number in front of a channel, nor in anything that was ever sent there.
func (s *soak) checkSecrecy() {
	number := phoneNumber()
	for _, call := range s.slack.Calls() {
		if strings.HasPrefix(call.Method, "chat.") {
			s.count("checked: 5 private", 1)
			if shown := call.Form.Get("text") + call.Form.Get("blocks") + call.Form.Get("metadata"); number.MatchString(shown) {
				s.breaks("5 private", "a channel message shows a number: %s", shown)
			}
		}
	}
	for _, ping := range s.slack.Pings() {
		s.breaks("5 private", "a message calls people together: %s", ping.Rendered)
	}
	for _, violation := range s.slack.Violations() {
		s.breaks("5 private", "%s", violation)
	}
}
