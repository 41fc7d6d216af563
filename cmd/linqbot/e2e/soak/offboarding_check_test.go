//go:build unix

package soak_test

import (
	"fmt"
	"strings"
	"time"
)

// awaitEnd waits until the thread says how it ended, and holds the table of all or why there is none.
func (o *offboarding) awaitEnd() {
	o.t.Helper()
	const patience = 4 * time.Minute // Slack is looked at again after a minute, and a frozen replica taken over after 90 s
	if !soon(patience, 100*time.Millisecond, func() bool {
		files, excuses, _ := o.thread()
		return (o.shows("It is done: ") || o.shows("It has ended: ") || o.shows("Stopped by ")) && files+excuses > 0
	}) {
		o.t.Fatalf("the offboarding does not end; %d of %d have left, and the channel shows:\n%s",
			o.left(), len(o.chats), o.slack.Screen(o.channel, alice))
	}
}

// thread counts the tables, the excuses for one, and the replies that mention who asked.
func (o *offboarding) thread() (files, excuses, mentions int) {
	for _, m := range o.slack.Messages(o.channel) {
		switch {
		case m.ThreadTS == "":
		case len(m.Files) > 0:
			files++
		case strings.Contains(m.Text, "The table of all is not attached"):
			excuses++
		case strings.Contains(m.Text, "<@"+alice+">"):
			mentions++
		}
	}
	return files, excuses, mentions
}

// check holds what Slack and Linq saw against the promises.
func (o *offboarding) check() {
	for _, chat := range o.chats {
		if times := o.linq.Effects(chat, o.person); times != 1 {
			o.breaks("2 one effect", "chat %s was left %d times", chat, times)
		}
	}
	if want := fmt.Sprintf("It is done: %d removed.", len(o.chats)); !o.shows(want) {
		o.breaks("3 true", "the thread does not say %q", want)
	}
	o.checkThread()
}

// checkThread: one parent, one table or why there is none, one mention at the most, and nothing twice.
func (o *offboarding) checkThread() {
	files, excuses, mentions := o.thread()
	if parents := len(o.parents()); parents != 1 || files+excuses != 1 || mentions > 1 {
		o.breaks("3 true", "%d parents, %d tables, %d excuses, %d mentions:\n%s",
			parents, files, excuses, mentions, o.slack.Screen(o.channel, alice))
	}
	keys := make(map[any]bool)
	for _, m := range o.slack.Messages(o.channel) {
		if m.Metadata == nil {
			continue
		}
		if key := m.Metadata.EventPayload["key"]; keys[key] {
			o.breaks("3 true", "a message stands twice: %s", m.Rendered)
		} else {
			keys[key] = true
		}
	}
	for _, ping := range o.slack.Pings() {
		o.breaks("5 private", "a message calls people together: %s", ping.Rendered)
	}
	for _, violation := range o.slack.Violations() {
		o.breaks("5 private", "%s", violation)
	}
	number := phoneNumber()
	for _, m := range o.slack.Messages(o.channel) {
		if m.Author == o.slack.Config().BotUserID && number.MatchString(m.Rendered) {
			o.breaks("5 private", "a channel message shows a number: %s", m.Rendered)
		}
	}
}

func (o *offboarding) log() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.t.Logf("%d chats in %s, %d DELETEs; %d kills (%d with a DELETE under way), %d freezes, %d drains, %d faults of Linq, %d of Slack",
		len(o.chats), time.Since(o.began).Round(time.Second), o.deletes(), o.counts["kill -9"], o.counts["kill -9 with a DELETE under way"],
		o.counts["SIGSTOP"], o.counts["drains"], o.counts["faults of Linq"], o.counts["faults of Slack"])
}
