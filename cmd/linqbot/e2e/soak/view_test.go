//go:build unix

package soak_test

import (
	"fmt"
	"strings"

	"linqbot/bot/slacktest"
)

// slackView is what people see in Slack, put in order by whom it is about.
type slackView struct {
	removals     map[*person][]slacktest.Message // the replies on removals
	additions    map[*person][]slacktest.Message // the replies on people taken back
	parents      map[*person]int
	open         []string // threads that do not say yet how it ended
	doubles      []string // messages that stand twice
	unattributed []string // messages that are about nobody
	messages     int
}

// look reads every channel.
func (s *soak) look() slackView {
	view := slackView{
		removals: make(map[*person][]slacktest.Message), additions: make(map[*person][]slacktest.Message),
		parents: make(map[*person]int),
	}
	for _, id := range s.channels {
		s.lookInto(id, &view)
	}
	return view
}

func (s *soak) lookInto(channel string, view *slackView) {
	parents := make(map[string]slacktest.Message)
	told := make(map[string]map[*person]bool) // by parent
	keys := make(map[any]bool)
	for _, m := range s.slack.Messages(channel) {
		if m.Author != s.slack.Config().BotUserID {
			continue
		}
		view.messages++
		if m.Metadata != nil {
			key := m.Metadata.EventPayload["key"]
			if keys[key] {
				view.doubles = append(view.doubles, m.Rendered)
			}
			keys[key] = true
		}
		named := s.people.find(m.Text)
		if m.ThreadTS == "" {
			parents[m.TS] = m
			for _, p := range named {
				view.parents[p]++
			}
			continue
		}
		if len(named) == 0 {
			named = s.people.find(parents[m.ThreadTS].Text) // some refusals name the chat alone
		}
		if len(named) != 1 {
			view.unattributed = append(view.unattributed, m.Rendered)
			continue
		}
		if isSuperseded(m) {
			continue
		}
		p := named[0]
		if told[m.ThreadTS] == nil {
			told[m.ThreadTS] = make(map[*person]bool)
		}
		told[m.ThreadTS][p] = true
		if isAddition(m.Text) {
			view.additions[p] = append(view.additions[p], m)
		} else {
			view.removals[p] = append(view.removals[p], m)
		}
		if !isEnd(m.Text) {
			view.open = append(view.open, m.Rendered)
		}
	}
	for ts, parent := range parents {
		if named := s.people.find(parent.Text); len(told[ts]) < len(named) || len(named) == 0 {
			view.open = append(view.open, fmt.Sprintf("%d replies to: %s", len(told[ts]), parent.Rendered))
		}
		if strings.Contains(parent.Text, "⏳") {
			view.open = append(view.open, parent.Rendered)
		}
	}
}

// isSuperseded recognises a reply that has another after it, which mentions who asked.
func isSuperseded(m slacktest.Message) bool { return strings.Contains(m.Rendered, "Said again in ") }

func isEnd(text string) bool {
	return strings.HasPrefix(text, "✅") || strings.HasPrefix(text, "⛔") || strings.HasPrefix(text, "⚠️")
}

func isFailure(text string) bool {
	return strings.HasPrefix(text, "⛔") || strings.HasPrefix(text, "⚠️")
}

// isUnread recognises the refusal of a removal before which the chat could not be read, and to which
// Linq answers that there is nobody. It is true also of one whom an earlier request has removed.
func isUnread(text string) bool {
	return strings.Contains(text, "Linq found no such chat, or nobody with this handle in it.")
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
