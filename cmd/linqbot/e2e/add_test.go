package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// eve is in no chat.
const eve = "+14155550177"

// add types /linq-add, and checks the answer.
func (env *testEnv) add(text, says string) {
	env.t.Helper()
	ack := env.send(slacktest.Command{UserID: alice, ChannelID: channel, Command: "/linq-add", Text: text})
	if !strings.Contains(ack.Text, says) {
		env.t.Errorf("/linq-add is answered without %q: %s", says, ack.Text)
	}
}

// isIn counts how often somebody is in the chat.
func (env *testEnv) isIn(handle string) int {
	chat, _ := env.linq.Chat(env.chat)
	active := 0
	for _, person := range chat.People {
		if person.Handle == handle && person.Active() {
			active++
		}
	}
	return active
}

// posts counts the calls that add somebody.
func (env *testEnv) posts() int {
	n := 0
	for _, call := range env.linq.Calls() {
		if call.Op == linqtest.Add {
			n++
		}
	}
	return n
}

func TestAdding(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{EffectDelay: 300 * time.Millisecond})
	sms := linqtest.Group("By SMS", line, numbers(132, 4)...)
	sms.Service = "SMS"
	ofSMS, small := env.linq.AddChat(sms), env.linq.AddChat(linqtest.Group("Few", line, ann))
	alone := env.linq.AddChat(linqtest.OneToOne(line, ann))
	env.vars["ALLOW_ADDING"] = "true"
	b := env.start()

	env.add(env.chat+" (415) 555-0177", env.chat)
	env.awaitOutcome("✅ +1 ••• ••• 0177 is in Spring launch; 12 people are in it.")
	if parent := env.parents()[0].Rendered; !strings.Contains(parent, "✅ +1 ••• ••• 0177 is in Spring launch, asked for by @Alice.") {
		t.Error(parent)
	}
	env.add(env.chat+" "+eve+", "+ann, "The 2 outcomes follow")
	env.awaitOutcome("0177 is in Spring launch already")
	env.awaitOutcome("0132 is in Spring launch already")
	if env.isIn(eve) != 1 || env.posts() != 1 {
		t.Errorf("in the chat %d times, after %d calls", env.isIn(eve), env.posts())
	}

	env.add(ofSMS+" "+eve, "is recorded")
	env.awaitOutcome("cannot be added on the service that By SMS runs on")
	env.add(small+" "+eve, "is recorded")
	env.awaitOutcome("A group must have at least 3 people before anyone can be added, and this one has 2 with your line.")
	env.add(alone+" "+eve, "is recorded")
	env.awaitOutcome("people can only be added to groups")
	env.add(env.chat+" "+line, "is recorded")
	env.awaitOutcome("is your own line, which is in Spring launch already or cannot be added this way.")

	recorded := len(env.parents())
	for text, says := range map[string]string{
		"": "Usage: /linq-add", "help": "There is no form for it", env.chat: "of the person to add",
		env.chat + " bob": "neither a phone number nor an e-mail address", "Spring launch " + eve: "/linq-add " + env.chat + " +1 415-555-0177",
	} {
		env.add(text, says)
	}
	if got := len(env.parents()); got != recorded {
		t.Errorf("%d threads, want %d", got, recorded)
	}
	if table := env.audit("--format", "csv"); !strings.Contains(table, "add,added,"+alice+",command") {
		t.Errorf("the audit: %s", table)
	}
	env.nothingLeaked(b)
}

// With reading out of order, Linq's webhook alone shows that they have joined.
func TestAddingIsSeenByWebhook(t *testing.T) {
	t.Parallel()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	env := newEnv(t, linqtest.Config{EffectDelay: 300 * time.Millisecond, Redeliver: 2})
	env.vars["ALLOW_ADDING"], env.vars["LINQ_WEBHOOK_SECRET"] = "true", secret
	env.linq.AddSubscription(linqtest.Subscription{TargetURL: "http://" + env.addr + "/linq/webhooks?version=2026-02-03", Secret: secret})
	env.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Status: http.StatusServiceUnavailable})
	env.start()
	env.add(env.chat+" "+eve, "is recorded")
	env.awaitOutcome("✅ +1 ••• ••• 0177 is in " + env.chat)
	if env.isIn(eve) != 1 || env.posts() != 1 {
		t.Errorf("in the chat %d times, after %d calls", env.isIn(eve), env.posts())
	}
}

// Adding is off unless somebody has switched it on. Add back works all the same.
func TestAddingIsOff(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.start()
	env.add(env.chat+" "+eve, "Adding people is switched off in linqbot.")
	env.deliver(env.functionEvent("add_participant", "Fx1", map[string]any{"chat_id": env.chat, "handle": eve}))
	if e := env.awaitExecution("Fx1"); e.Status != slacktest.Failed || !strings.Contains(e.Error, "Adding people is switched off") {
		t.Errorf("%+v", e)
	}
	if table := env.audit("--format", "csv"); strings.Count(table, "adding off") != 2 {
		t.Errorf("the audit: %s", table)
	}
	if got := env.posts(); got != 0 {
		t.Errorf("%d POSTs", got)
	}

	env.remove(ann)
	env.awaitOutcome("✅")
	if ack, err := env.slack.Press(t.Context(), "http://"+env.addr, alice, env.outcomes()[0], "add_back"); err != nil || ack.Status != http.StatusOK {
		t.Fatalf("%v %d", err, ack.Status)
	}
	env.awaitOutcome("is back in Spring launch")
}

func TestAStepThatAdds(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{EffectDelay: 300 * time.Millisecond})
	env.vars["ALLOW_ADDING"] = "true"
	env.start()
	asked := env.slack.PostAs(bert, channel, "", "Please let them in")
	event := env.functionEvent("add_participant", "Fx1", map[string]any{
		"chat_id": env.chat, "handle": "(415) 555-0177", "channel_id": channel, "message_ts": asked.TS, "requested_by": bert,
	})
	for range 3 {
		env.deliver(event)
	}
	e := env.awaitExecution("Fx1")
	if e.Status != slacktest.Completed || e.Outputs["status"] != "added" || e.Outputs["handle"] != eve || e.Outputs["chat_id"] != env.chat || e.Outputs["trace_id"] == "" {
		t.Errorf("%+v", e)
	}
	env.awaitOutcome("0177 is in Spring launch")
	if env.isIn(eve) != 1 || env.posts() != 1 {
		t.Errorf("in the chat %d times, after %d calls", env.isIn(eve), env.posts())
	}
	for id, test := range map[string]struct{ function, handle, status, says string }{
		"Fx2": {"add_participant", eve, "already_there", ""},
		"Fx3": {"add_participant", "bob", "", "Nobody was added. bob is neither a phone number nor an e-mail"},
		"Fx4": {"offer_tea", eve, "", "This linqbot does not have the step offer_tea."},
	} {
		env.deliver(env.functionEvent(test.function, id, map[string]any{"chat_id": env.chat, "handle": test.handle}))
		switch e := env.awaitExecution(id); {
		case test.status != "" && e.Outputs["status"] != test.status, test.status == "" && e.Status != slacktest.Failed, !strings.Contains(e.Error, test.says):
			t.Errorf("%s: %+v", id, e)
		}
	}
}

// A removal and an addition of the same person do not cross: the second is refused, and names the first.
func TestAddingWhileARemovalIsUnderWay(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{EffectDelay: linqtest.OnSettle})
	env.vars["ALLOW_ADDING"] = "true"
	env.start()
	env.remove(ann)
	env.awaitOutcome("Linq has queued the removal")
	env.add(env.chat+" "+ann, "is recorded")
	env.awaitOutcome("is under way, by which +1 ••• ••• 0132 is to leave")
	env.linq.Settle()
	env.awaitOutcome("0132 has left Spring launch")

	env.add(env.chat+" "+ann, "is recorded")
	env.awaitOutcome("Linq has queued adding")
	env.remove(ann)
	env.awaitOutcome("is under way, by which +1 ••• ••• 0132 is to join")
	env.linq.Settle()
	env.awaitOutcome("0132 is in Spring launch;")
	if env.isIn(ann) != 1 {
		t.Errorf("in the chat %d times", env.isIn(ann))
	}
}
