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

// stepEvent is a workflow that runs the step.
func (w *world) stepEvent(execution string, inputs map[string]any) map[string]any {
	return w.slack.Envelope(map[string]any{
		"type": "function_executed", "function": map[string]any{"callback_id": "remove_participant", "type": "app"},
		"inputs": inputs, "function_execution_id": execution, "workflow_execution_id": "Wx1", "bot_access_token": "xwfp-1",
	})
}

func (w *world) deliver(event map[string]any) {
	w.t.Helper()
	w.await("the event to be taken", func() bool {
		ack, err := w.slack.SendEvent(w.t.Context(), "http://"+w.addr, event)
		return err == nil && ack.Status == http.StatusOK
	})
}

func (w *world) awaitExecution(id string) slacktest.Execution {
	w.t.Helper()
	var e slacktest.Execution
	w.await("the step to end", func() bool {
		e, _ = w.slack.Execution(id)
		return e.Status != slacktest.Running
	})
	return e
}

func TestAWorkflowStep(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{EffectDelay: 300 * time.Millisecond})
	w.start()
	asked := w.slack.PostAs(bert, channel, "", "Please take them out")
	event := w.stepEvent("Fx1", map[string]any{
		"chat_id": w.chat, "handle": "(415) 555-0132", "channel_id": channel, "message_ts": asked.TS, "requested_by": bert,
	})
	for range 3 { // as Slack does when an answer was late
		w.deliver(event)
	}
	e := w.awaitExecution("Fx1")
	if e.Status != slacktest.Completed || e.Outputs["status"] != "removed" || e.Outputs["handle"] != ann ||
		e.Outputs["chat_id"] != w.chat || e.Outputs["trace_id"] == "" || !strings.Contains(fmt.Sprint(e.Outputs["message"]), "has left") {
		t.Errorf("%+v", e)
	}
	w.awaitOutcome("✅")
	if got := len(w.parents()); got != 1 {
		t.Errorf("%d parents: the thread was there before", got)
	}
	if got := w.linq.Deletes(w.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
	w.deliver(w.stepEvent("Fx2", map[string]any{"chat_id": w.chat, "handle": "bob"}))
	if e := w.awaitExecution("Fx2"); e.Status != slacktest.Failed || !strings.Contains(e.Error, "neither a phone number nor an e-mail") {
		t.Errorf("%+v", e)
	}
}

// Killed between the removal and the completion: the step is completed by the next process.
func TestAWorkflowStepThroughACrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	b := w.start()
	w.slack.Inject(slacktest.Fault{Method: "functions.completeSuccess", Times: 1, Delay: time.Minute})
	w.deliver(w.stepEvent("Fx1", map[string]any{"chat_id": w.chat, "handle": ann}))
	w.await("the removal", func() bool { return w.linq.Effects(w.chat, ann) == 1 })
	w.await("the completion to begin", func() bool {
		for _, call := range w.slack.Calls() {
			if call.Method == "functions.completeSuccess" {
				return true
			}
		}
		return false
	})
	b.kill()
	w.start()
	if e := w.awaitExecution("Fx1"); e.Status != slacktest.Completed || e.Outputs["status"] != "removed" {
		t.Errorf("%+v", e)
	}
	if got := w.linq.Deletes(w.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
}

func TestTheModal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	w.start()
	ack := w.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: w.chat})
	if !strings.Contains(ack.Text, "in the form that opens") {
		t.Errorf("%s", ack.Text)
	}
	w.await("the people of the chat", func() bool {
		views := w.slack.Views()
		return len(views) == 1 && strings.Contains(string(views[0].Body), "+1 415-555-0133")
	})
	opened := w.slack.Views()[0]
	submitted, err := w.slack.Submit(t.Context(), "http://"+w.addr, opened,
		slacktest.Field{BlockID: "chat", ActionID: "chat", Value: w.chat},
		slacktest.Field{BlockID: "people-" + w.chat, ActionID: "people", Values: []string{ann, "+14155550133"}})
	if err != nil || submitted.Status != http.StatusOK || len(submitted.Body) != 0 {
		t.Fatalf("%v %d %s", err, submitted.Status, submitted.Body)
	}
	w.awaitOutcome("0132 has left")
	w.awaitOutcome("0133 has left")
	if parents := w.parents(); len(parents) != 1 {
		t.Errorf("%d threads", len(parents))
	}
}

func TestAskingFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	w.env["CONFIRM_REMOVALS"] = "true"
	b := w.start()
	ack := w.remove(ann)
	if !strings.Contains(ack.Text, "Spring launch") || !strings.Contains(ack.Text, "10 would stay") {
		t.Errorf("preview: %s", ack.Text)
	}
	if got := w.linq.Deletes(w.chat, ann); got != 0 {
		t.Fatal("removed before the yes")
	}
	b.kill() // the question outlives the process
	w.start()
	preview := w.slack.Ephemerals(channel, alice)[0]
	for range 2 {
		if ack, err := w.slack.Press(t.Context(), "http://"+w.addr, alice, preview, "confirm_removal"); err != nil || ack.Status != http.StatusOK {
			t.Fatalf("%v %d", err, ack.Status)
		}
	}
	w.awaitOutcome("✅")
	if got := w.linq.Deletes(w.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
}

func TestUndo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{EffectDelay: 200 * time.Millisecond})
	w.start()
	w.remove(ann)
	w.awaitOutcome("✅")
	reply := w.outcomes()[0]
	for range 2 {
		if ack, err := w.slack.Press(t.Context(), "http://"+w.addr, alice, reply, "add_back"); err != nil || ack.Status != http.StatusOK {
			t.Fatalf("%v %d", err, ack.Status)
		}
	}
	w.awaitOutcome("is back in Spring launch")
	if got := len(w.parents()); got != 1 {
		t.Errorf("%d threads", got)
	}
	chat, _ := w.linq.Chat(w.chat)
	active := 0
	for _, person := range chat.People {
		if person.Handle == ann && person.Active() {
			active++
		}
	}
	if active != 1 {
		t.Errorf("they are in the chat %d times", active)
	}
}

func TestFindingChats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	w.start()
	ack := w.send(slacktest.Command{UserID: alice, ChannelID: channel, Command: "/linq-chats", Text: "415 555 0132"})
	if !strings.Contains(ack.Text, w.chat) || strings.Contains(ack.Text, "4155550132") || !json.Valid(ack.Body) {
		t.Errorf("%s", ack.Text)
	}
}

// With reading out of order, Linq's webhook alone shows that they have left.
func TestSeenByWebhook(t *testing.T) {
	t.Parallel()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	w := newWorld(t, linqtest.Config{EffectDelay: 300 * time.Millisecond, Redeliver: 2})
	w.env["LINQ_WEBHOOK_SECRET"] = secret
	w.linq.AddSubscription(linqtest.Subscription{TargetURL: "http://" + w.addr + "/linq/webhooks?version=2026-02-03", Secret: secret})
	w.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Status: http.StatusServiceUnavailable})
	b := w.start()
	w.remove(ann)
	w.awaitOutcome("✅ +1 ••• ••• 0132 has left")
	if got := w.linq.Deletes(w.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
	w.nothingLeaked(b)
}
