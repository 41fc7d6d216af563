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

// stepEvent is a workflow that runs the step which removes a person.
func (env *testEnv) stepEvent(execution string, inputs map[string]any) map[string]any {
	return env.functionEvent("remove_participant", execution, inputs)
}

func (env *testEnv) functionEvent(function, execution string, inputs map[string]any) map[string]any {
	return env.slack.Envelope(map[string]any{
		"type": "function_executed", "function": map[string]any{"callback_id": function, "type": "app"},
		"inputs": inputs, "function_execution_id": execution, "workflow_execution_id": "Wx1", "bot_access_token": "xwfp-1",
	})
}

func (env *testEnv) deliver(event map[string]any) {
	env.t.Helper()
	env.await("the event to be taken", func() bool {
		ack, err := env.slack.SendEvent(env.t.Context(), "http://"+env.addr, event)
		return err == nil && ack.Status == http.StatusOK
	})
}

func (env *testEnv) awaitExecution(id string) slacktest.Execution {
	env.t.Helper()
	var e slacktest.Execution
	env.await("the step to end", func() bool {
		e, _ = env.slack.Execution(id)
		return e.Status != slacktest.Running
	})
	return e
}

func TestAWorkflowStep(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{EffectDelay: 300 * time.Millisecond})
	env.start()
	asked := env.slack.PostAs(bert, channel, "", "Please take them out")
	event := env.stepEvent("Fx1", map[string]any{
		"chat_id": env.chat, "handle": "(415) 555-0132", "channel_id": channel, "message_ts": asked.TS, "requested_by": bert,
	})
	for range 3 { // as Slack does when an answer was late
		env.deliver(event)
	}
	e := env.awaitExecution("Fx1")
	if e.Status != slacktest.Completed || e.Outputs["status"] != "removed" || e.Outputs["handle"] != ann ||
		e.Outputs["chat_id"] != env.chat || e.Outputs["trace_id"] == "" || !strings.Contains(fmt.Sprint(e.Outputs["message"]), "has left") {
		t.Errorf("%+v", e)
	}
	env.awaitOutcome("✅")
	if got := len(env.parents()); got != 1 {
		t.Errorf("%d parents: the thread was there before", got)
	}
	if got := env.linq.Deletes(env.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
	env.deliver(env.stepEvent("Fx2", map[string]any{"chat_id": env.chat, "handle": "bob"}))
	if e := env.awaitExecution("Fx2"); e.Status != slacktest.Failed || !strings.Contains(e.Error, "neither a phone number nor an e-mail") {
		t.Errorf("%+v", e)
	}
}

// Killed between the removal and the completion: the step is completed by the next process.
func TestAWorkflowStepThroughACrash(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	b := env.start()
	env.slack.Inject(slacktest.Fault{Method: "functions.completeSuccess", Times: 1, Delay: time.Minute})
	env.deliver(env.stepEvent("Fx1", map[string]any{"chat_id": env.chat, "handle": ann}))
	env.await("the removal", func() bool { return env.linq.Effects(env.chat, ann) == 1 })
	env.await("the completion to begin", func() bool {
		for _, call := range env.slack.Calls() {
			if call.Method == "functions.completeSuccess" {
				return true
			}
		}
		return false
	})
	b.Kill()
	env.start()
	if e := env.awaitExecution("Fx1"); e.Status != slacktest.Completed || e.Outputs["status"] != "removed" {
		t.Errorf("%+v", e)
	}
	if got := env.linq.Deletes(env.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
}

func TestTheModal(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.start()
	ack := env.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: env.chat})
	if !strings.Contains(ack.Text, "in the form that opens") {
		t.Errorf("%s", ack.Text)
	}
	env.await("the people of the chat", func() bool {
		views := env.slack.Views()
		return len(views) == 1 && strings.Contains(string(views[0].Body), "+1 415-555-0133")
	})
	opened := env.slack.Views()[0]
	submitted, err := env.slack.Submit(t.Context(), "http://"+env.addr, opened,
		slacktest.Field{BlockID: "chat", ActionID: "chat", Value: env.chat},
		slacktest.Field{BlockID: "people-" + env.chat, ActionID: "people", Values: []string{ann, "+14155550133"}})
	if err != nil || submitted.Status != http.StatusOK || len(submitted.Body) != 0 {
		t.Fatalf("%v %d %s", err, submitted.Status, submitted.Body)
	}
	env.awaitOutcome("0132 has left")
	env.awaitOutcome("0133 has left")
	if parents := env.parents(); len(parents) != 1 {
		t.Errorf("%d threads", len(parents))
	}
}

func TestAskingFirst(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["CONFIRM_REMOVALS"] = "true"
	b := env.start()
	ack := env.remove(ann)
	if !strings.Contains(ack.Text, "Spring launch") || !strings.Contains(ack.Text, "10 would stay") {
		t.Errorf("preview: %s", ack.Text)
	}
	if got := env.linq.Deletes(env.chat, ann); got != 0 {
		t.Fatal("removed before the yes")
	}
	b.Kill() // the question outlives the process
	env.start()
	preview := env.slack.Ephemerals(channel, alice)[0]
	for range 2 {
		if ack, err := env.slack.Press(t.Context(), "http://"+env.addr, alice, preview, "confirm_removal"); err != nil || ack.Status != http.StatusOK {
			t.Fatalf("%v %d", err, ack.Status)
		}
	}
	env.awaitOutcome("✅")
	if got := env.linq.Deletes(env.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
}

func TestUndo(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{EffectDelay: 200 * time.Millisecond})
	env.start()
	env.remove(ann)
	env.awaitOutcome("✅")
	reply := env.outcomes()[0]
	for range 2 {
		if ack, err := env.slack.Press(t.Context(), "http://"+env.addr, alice, reply, "add_back"); err != nil || ack.Status != http.StatusOK {
			t.Fatalf("%v %d", err, ack.Status)
		}
	}
	env.awaitOutcome("is back in Spring launch")
	if got := len(env.parents()); got != 1 {
		t.Errorf("%d threads", got)
	}
	chat, _ := env.linq.Chat(env.chat)
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
	env := newEnv(t, linqtest.Config{})
	env.start()
	ack := env.send(slacktest.Command{UserID: alice, ChannelID: channel, Command: "/linq-chats", Text: "415 555 0132"})
	if !strings.Contains(ack.Text, env.chat) || strings.Contains(ack.Text, "4155550132") || !json.Valid(ack.Body) {
		t.Errorf("%s", ack.Text)
	}
}

// With reading out of order, Linq's webhook alone shows that they have left.
func TestSeenByWebhook(t *testing.T) {
	t.Parallel()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	env := newEnv(t, linqtest.Config{EffectDelay: 300 * time.Millisecond, Redeliver: 2})
	env.vars["LINQ_WEBHOOK_SECRET"] = secret
	env.linq.AddSubscription(linqtest.Subscription{TargetURL: "http://" + env.addr + "/linq/webhooks?version=2026-02-03", Secret: secret})
	env.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Status: http.StatusServiceUnavailable})
	b := env.start()
	env.remove(ann)
	env.awaitOutcome("✅ +1 ••• ••• 0132 has left")
	if got := env.linq.Deletes(env.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
	env.nothingLeaked(b)
}
