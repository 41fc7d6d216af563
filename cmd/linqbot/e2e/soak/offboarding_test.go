//go:build unix

package soak_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

const shortOffboarding = 40

var offboardChats = flag.Int("offboard", shortOffboarding, "how many chats the person leaves in the soak of an offboarding")

// A person leaves every chat while the replicas are killed and frozen, and Slack and Linq lose answers. Whether each
// chat was left once, and the thread says so once, is then told from what Slack and Linq saw.
//
//	go test ./cmd/linqbot/e2e/soak -race -run Offboarding -offboard 500 -timeout 30m -v
func TestAnOffboardingSurvives(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *soak) {
		o := s.newOffboarding(*offboardChats)
		o.begin()
		s.calm.Store(false)
		o.makeTrouble()
		s.calm.Store(true)
		s.slack.ClearFaults()
		s.linq.ClearFaults()
		o.awaitEnd()
		o.redeliver()
		for _, r := range s.replicas {
			r.retire()
		}
		o.check()
		o.log()
	})
}

// onEachStore runs a test with one process on SQLite, and with two replicas on PostgreSQL.
func onEachStore(t *testing.T, test func(t *testing.T, s *soak)) {
	seed := *soakSeed
	for seed == 0 {
		seed = rand.Uint64()
	}
	run := func(t *testing.T, replicas ...string) {
		s := newSoak(t, seed)
		s.calm.Store(true)
		for i, database := range replicas {
			s.addReplica(string(rune('a'+i)), database)
		}
		for _, r := range s.replicas {
			r.awaitReady()
		}
		test(t, s)
		for promise, broken := range s.broken {
			t.Errorf("%s, -soakseed %d:\n%s", promise, seed, strings.Join(broken[:min(len(broken), 5)], "\n"))
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, "")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		database := ledgertest.Postgres(t)
		run(t, database, database)
	})
}

// offboarding is one person who is to leave many chats, and where that is told.
type offboarding struct {
	*soak
	person  string
	chats   []string
	channel string
	asked   slacktest.Command
	form    slacktest.View
}

func (s *soak) newOffboarding(chats int) *offboarding {
	o := &offboarding{soak: s, person: "+14155559999", channel: "C0OFFBOARD"}
	s.slack.AddChannel(slacktest.Channel{ID: o.channel, BotMember: true})
	for i := range chats {
		o.chats = append(o.chats, s.linq.AddChat(linqtest.Group(fmt.Sprintf("Team %d", i+1), ownLine, o.person,
			"stays1@example.com", "stays2@example.com", "stays3@example.com")))
	}
	return o
}

// begin asks for the offboarding, and says yes to it: twice each, to any replica.
func (o *offboarding) begin() {
	o.t.Helper()
	o.asked = slacktest.Command{
		Command: "/linq-offboard", UserID: alice, ChannelID: o.channel, Text: "(415) 555-9999",
		TriggerID: o.slack.NewTriggerID(alice), ResponseURL: o.slack.NewResponseURL(o.channel, alice, ""),
	}
	o.sendTwice(func(r *replica) (slacktest.Ack, error) { return o.slack.Send(o.t.Context(), r.url(), o.asked) })
	var proposal slacktest.Message
	o.await("the proposal", func() bool {
		for _, m := range o.slack.Ephemerals(o.channel, alice) {
			if strings.Contains(string(m.Blocks), "type_batch") {
				proposal = m
				return true
			}
		}
		return false
	})
	if ack, err := o.slack.Press(o.t.Context(), o.replicas[0].url(), alice, proposal, "type_batch"); err != nil || ack.Status != 200 {
		o.t.Fatalf("the button was answered %d, %v", ack.Status, err)
	}
	o.await("the form", func() bool {
		views := o.slack.Views()
		if len(views) > 0 {
			o.form = views[len(views)-1]
		}
		return len(views) > 0
	})
	o.sendTwice(func(r *replica) (slacktest.Ack, error) { return o.submit(r) })
}

func (o *offboarding) submit(to *replica) (slacktest.Ack, error) {
	return o.slack.Submit(o.t.Context(), to.url(), o.form, slacktest.Field{BlockID: "number", ActionID: "text", Text: fmt.Sprint(len(o.chats))})
}

// sendTwice delivers twice, to two replicas where there are two.
func (o *offboarding) sendTwice(send func(*replica) (slacktest.Ack, error)) {
	o.t.Helper()
	for range 2 {
		ack, err := send(o.inAnyOrder()[0])
		if err != nil || ack.Status != 200 {
			o.t.Fatalf("answered %d, %v", ack.Status, err)
		}
	}
}

func (o *offboarding) await(what string, ok func() bool) {
	o.t.Helper()
	if !soon(longPatience, 10*time.Millisecond, ok) {
		o.t.Fatalf("waited in vain for %s; the channel shows:\n%s", what, o.slack.Screen(o.channel, alice))
	}
}

// left counts the chats in which nobody sees the person any more.
func (o *offboarding) left() (chats int) {
	for _, chat := range o.chats {
		if o.linq.Effects(chat, o.person) > 0 {
			chats++
		}
	}
	return chats
}

// deletes counts how often Linq was asked.
func (o *offboarding) deletes() (calls int) {
	for _, call := range o.linq.Calls() {
		if call.Op == linqtest.Remove && call.Handle == o.person {
			calls++
		}
	}
	return calls
}

// makeTrouble kills and freezes replicas, in turn, until the person has left all chats. A short soak ends sooner, since
// what Linq fails again and again is tried only each half a minute.
func (o *offboarding) makeTrouble() {
	until := time.Now().Add(time.Hour)
	if len(o.chats) <= shortOffboarding {
		until = time.Now().Add(6 * time.Second)
	}
	troubles := []func(){
		o.killAtWork,
		func() { o.inAnyOrder()[0].hang(o.dice.between(time.Second, 3*time.Second)) },
		func() { o.inAnyOrder()[0].kill() },
		func() { o.inAnyOrder()[0].drain() },
		func() { o.outage("Slack") },
		func() { o.outage("Linq") },
	}
	for i := 0; o.left() < len(o.chats) && time.Now().Before(until); i++ {
		troubles[i%len(troubles)]()
		o.dice.pause(300*time.Millisecond, 1500*time.Millisecond)
	}
}

// parents are the messages that open a thread about the offboarding.
func (o *offboarding) parents() []slacktest.Message {
	return slices.DeleteFunc(o.slack.Messages(o.channel), func(m slacktest.Message) bool {
		return m.ThreadTS != "" || m.Author != o.slack.Config().BotUserID
	})
}

func (o *offboarding) shows(words string) bool {
	return slices.ContainsFunc(o.parents(), func(m slacktest.Message) bool { return strings.Contains(m.Rendered, words) })
}

// redeliver delivers once more what was answered long ago.
func (o *offboarding) redeliver() {
	o.t.Helper()
	for _, r := range o.replicas {
		r.awaitReady()
		for _, send := range []func() (slacktest.Ack, error){
			func() (slacktest.Ack, error) { return o.slack.Send(o.t.Context(), r.url(), o.asked) },
			func() (slacktest.Ack, error) { return o.submit(r) },
		} {
			if ack, err := send(); err != nil || ack.Status != 200 {
				o.breaks("4 once", "a redelivery was answered %d, %v", ack.Status, err)
			}
		}
	}
	o.removeSomebody() // there was time for it
}

// removeSomebody types the removal of somebody else, and waits until they have left.
func (o *offboarding) removeSomebody() {
	o.t.Helper()
	p := o.people.take(leaves, 1)
	if o.insistOn(p, time.Now().Add(longPatience)) == nil {
		o.t.Fatal("a removal that is typed meanwhile is not acknowledged")
	}
	o.await("somebody to leave", func() bool { return o.linq.Effects(p[0].chat, p[0].handle) == 1 })
}
