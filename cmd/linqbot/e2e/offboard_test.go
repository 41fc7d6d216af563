package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// secondLine is another line of ours, with chats of its own.
const secondLine = "+14155550101"

// chatsOfTwoLines are group chats with Ann in them.
func (env *testEnv) chatsOfTwoLines(count int) (ids []string) {
	env.t.Helper()
	ids = []string{env.chat}
	for i := 1; i < count; i++ {
		of := []string{line, secondLine}[i%2]
		ids = append(ids, env.linq.AddChat(linqtest.Group(fmt.Sprintf("Launch %02d", i), of, numbers(132, 5)...)))
	}
	return ids
}

// offboard has Alice ask for Ann to leave every chat, and returns the proposal.
func (env *testEnv) offboard(user string) slacktest.Message {
	env.t.Helper()
	ack := env.send(slacktest.Command{UserID: user, ChannelID: channel, Command: "/linq-offboard", Text: "(415) 555-0132"})
	if !strings.Contains(ack.Text, "the proposal follows here, for you alone") {
		env.t.Fatalf("%s", ack.Text)
	}
	return env.awaitPrivate(user, "This takes about")
}

// awaitPrivate waits for a message that only a person sees.
func (env *testEnv) awaitPrivate(user, words string) slacktest.Message {
	env.t.Helper()
	var found slacktest.Message
	env.await(words, func() bool {
		for _, m := range env.slack.Ephemerals(channel, user) {
			if strings.Contains(m.Rendered, words) || strings.Contains(m.Text, words) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func (env *testEnv) press(user string, m slacktest.Message, action string) {
	env.t.Helper()
	env.pressAt(env.addr, user, m, action)
}

// pressAt presses a button, which Slack tells the replica at an address.
func (env *testEnv) pressAt(addr, user string, m slacktest.Message, action string) {
	env.t.Helper()
	if ack, err := env.slack.Press(env.t.Context(), "http://"+addr, user, m, action); err != nil || ack.Status != http.StatusOK {
		env.t.Fatalf("%v %d", err, ack.Status)
	}
}

// typeNumber opens the form of a proposal, and sends it with a number. It returns what is wrong with that.
func (env *testEnv) typeNumber(proposal slacktest.Message, number string) string {
	env.t.Helper()
	before := len(env.slack.Views())
	env.press(alice, proposal, "type_batch")
	env.await("the form", func() bool { return len(env.slack.Views()) > before })
	ack, err := env.slack.Submit(env.t.Context(), "http://"+env.addr, env.slack.Views()[before],
		slacktest.Field{BlockID: "number", ActionID: "text", Text: number})
	if err != nil || ack.Status != http.StatusOK {
		env.t.Fatalf("%v %d", err, ack.Status)
	}
	var answer struct {
		Errors map[string]string `json:"errors"`
	}
	_ = json.Unmarshal(ack.Body, &answer) // an empty answer closes the form
	return answer.Errors["number"]
}

// awaitParent waits until the message of the batch in the channel says so.
func (env *testEnv) awaitParent(words string) slacktest.Message {
	env.t.Helper()
	var found slacktest.Message
	env.await(words, func() bool {
		for _, m := range env.parents() {
			if strings.Contains(m.Rendered, words) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func (env *testEnv) deletes(ids []string) (all int) {
	for _, id := range ids {
		all += env.linq.Deletes(id, ann)
	}
	return all
}

func (env *testEnv) annIsIn(id string) bool {
	chat, _ := env.linq.Chat(id)
	for _, person := range chat.People {
		if person.Handle == ann && person.Active() {
			return true
		}
	}
	return false
}

func TestOffboarding(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	ids := env.chatsOfTwoLines(30)
	env.start()
	proposal := env.offboard(alice)
	if !strings.Contains(proposal.Rendered, "from 30 chats") || !strings.Contains(proposal.Rendered, "Launch 01") {
		t.Errorf("%s", proposal.Rendered)
	}
	if wrong := env.typeNumber(proposal, "29"); !strings.Contains(wrong, "type 30") {
		t.Errorf("%q", wrong)
	}
	if got := env.deletes(ids); got != 0 {
		t.Errorf("%d DELETEs before the yes", got)
	}
	if wrong := env.typeNumber(proposal, "30"); wrong != "" {
		t.Errorf("%q", wrong)
	}
	parent := env.awaitParent("It is done: 30 removed")
	if len(env.parents()) != 1 {
		t.Errorf("%d threads", len(env.parents()))
	}
	for _, id := range ids {
		if got := env.linq.Deletes(id, ann); got != 1 || env.annIsIn(id) {
			t.Errorf("%d DELETEs for %s", got, id)
		}
	}

	// All of it is taken back, after a question.
	env.press(alice, parent, "add_back_batch")
	question := env.awaitPrivate(alice, "back to 30 chats?")
	if wrong := env.typeNumber(question, "30"); wrong != "" {
		t.Errorf("%q", wrong)
	}
	env.await("everybody to be back", func() bool {
		for _, id := range ids {
			if !env.annIsIn(id) {
				return false
			}
		}
		return true
	})
	env.press(bert, parent, "add_back_batch")
	env.awaitPrivate(bert, "already asked for by")
}

func TestAnOffboardingIsCancelled(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	ids := env.chatsOfTwoLines(3)
	env.start()
	proposal := env.offboard(alice)
	env.press(bert, proposal, "confirm_batch")
	env.awaitPrivate(bert, "Only")
	env.press(alice, proposal, "decline_batch")
	env.awaitPrivate(alice, "is cancelled. Nothing was changed")
	env.press(alice, proposal, "confirm_batch")
	env.awaitPrivate(alice, "was cancelled before")
	if got := env.deletes(ids); got != 0 || len(env.parents()) != 0 {
		t.Errorf("%d DELETEs, %d threads", got, len(env.parents()))
	}
}

func TestAnOffboardingIsPausedResumedAndStopped(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	ids := env.chatsOfTwoLines(200)
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Delay: 200 * time.Millisecond})
	env.vars["LINQ_CONCURRENCY"] = "2"
	b := env.start()
	if wrong := env.typeNumber(env.offboard(alice), "200"); wrong != "" {
		t.Fatalf("%q", wrong)
	}
	env.await("some removals", func() bool { return env.deletes(ids) > 5 })
	env.press(bert, env.awaitParent("200 chats"), "pause_batch")
	env.awaitPrivate(bert, "Paused")
	var at int
	env.await("the removals under way to end", func() bool {
		before := env.deletes(ids)
		time.Sleep(time.Second)
		at = env.deletes(ids)
		return at == before
	})
	b.Kill() // the pause outlives the process
	env.start()
	paused := env.awaitParent("Paused by")
	time.Sleep(2 * time.Second)
	if got := env.deletes(ids); got != at {
		t.Errorf("%d DELETEs while paused", got-at)
	}
	env.press(alice, paused, "resume_batch")
	env.await("more removals", func() bool { return env.deletes(ids) > at })
	env.press(alice, paused, "stop_batch")
	env.awaitPrivate(alice, "Stopped: nothing new is sent")
	stopped := env.awaitParent("Stopped by")
	if !strings.Contains(stopped.Rendered, "not removed") {
		t.Errorf("%s", stopped.Rendered)
	}
	if got := env.deletes(ids); got >= len(ids) {
		t.Errorf("%d DELETEs", got)
	}
	for _, id := range ids {
		if env.linq.Deletes(id, ann) > 1 {
			t.Errorf("twice from %s", id)
		}
	}
}

func TestOffboardingIsNotForEverybody(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	ids := env.chatsOfTwoLines(3)
	env.vars["ALLOWED_USERS"] = alice
	env.start()
	for _, user := range []string{bert, "U0GUEST"} {
		ack := env.send(slacktest.Command{UserID: user, ChannelID: channel, Command: "/linq-offboard", Text: ann})
		if !strings.HasPrefix(ack.Text, "⛔") {
			t.Errorf("%s", ack.Text)
		}
	}
	proposal := env.offboard(alice)
	for _, action := range []string{"confirm_batch", "decline_batch"} {
		env.press(bert, proposal, action)
	}
	env.awaitPrivate(bert, "⛔")
	if got := env.deletes(ids); got != 0 {
		t.Errorf("%d DELETEs", got)
	}
	ack := env.send(slacktest.Command{UserID: alice, ChannelID: channel, Command: "/linq-offboard", Text: "bob"})
	if !strings.Contains(ack.Text, "neither a phone number nor an e-mail") {
		t.Errorf("%s", ack.Text)
	}
}

// Linq is down while the chats are looked for: the plan waits for it, also through a crash.
func TestOffboardingWhileLinqIsDown(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	ids := env.chatsOfTwoLines(3)
	env.linq.Inject(linqtest.Fault{Op: linqtest.ListChats, Status: http.StatusServiceUnavailable})
	b := env.start()
	env.send(slacktest.Command{UserID: alice, ChannelID: channel, Command: "/linq-offboard", Text: ann})
	env.await("Linq to be asked twice", func() bool { return env.listings() > 1 })
	b.Kill()
	env.linq.ClearFaults()
	env.start()
	env.press(alice, env.awaitPrivate(alice, "from 3 chats?"), "confirm_batch")
	env.awaitParent("It is done: 3 removed")
	if got := env.deletes(ids); got != 3 {
		t.Errorf("%d DELETEs", got)
	}
}

// A list that is longer than a command takes is checked line by line, and asked about.
func TestAListIsRemoved(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	chat := env.linq.AddChat(linqtest.Group("All hands", line, numbers(200, 40)...))
	env.start()
	list := strings.Join(numbers(200, 25), "\n")
	ack := env.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: chat + " " + list + "\nbob"})
	if !strings.Contains(ack.Text, "25 people were understood, and 1 line was not. Nothing was recorded.") || !strings.Contains(ack.Text, "Line 26: ") {
		t.Errorf("%s", ack.Text)
	}
	ack = env.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: chat + " " + list})
	if !strings.Contains(ack.Text, "25 people were understood") {
		t.Errorf("%s", ack.Text)
	}
	if wrong := env.typeNumber(env.awaitPrivate(alice, "25 people from All hands?"), "25"); wrong != "" {
		t.Errorf("%q", wrong)
	}
	env.awaitParent("It is done: 25 removed")
}
