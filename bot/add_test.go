package bot

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// Eve is in no chat.
const eve = "+14155550177"

func adding() map[string]any {
	return map[string]any{"chat_id": bottest.ChatID, "handle": "(415) 555-0177"}
}

// beginAdding starts a run of the step that adds a person.
func (h *env) beginAdding(id string, inputs map[string]any) {
	h.T.Helper()
	assert.Equal(h.T, h.event(h.stepOf(ledger.AddFunction, id, inputs)), http.StatusOK)
}

func TestAddingByACommand(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	ack := h.command(slacktest.Command{
		UserID: bottest.Ada, ChannelID: bottest.Ops, Command: AddCommand, Text: bottest.ChatID + " (415) 555-0177",
	})
	assert.Assert(t, strings.Contains(ack.Text, "Adding +1 415-555-0177 to chat "+bottest.ChatID+" is recorded."), ack.Text)
	reply := h.awaitReply("0177 is in Spring launch; 8 people are in it.")
	assert.Assert(t, !strings.Contains(string(reply.Blocks), "add_back"), "an addition has no Add back")
	parent := h.Slack.Thread(bottest.Ops, reply.ThreadTS)[0]
	assert.Assert(t, strings.Contains(parent.Rendered, "✅ +1 ••• ••• 0177 is in Spring launch, asked for by @Ada."), parent.Rendered)
}

func TestHowAStepThatAddsEnds(t *testing.T) {
	t.Parallel()
	for state, words := range map[ledger.State]string{
		ledger.Added:        "+1 ••• ••• 0177 is in Spring launch; 8 people are in it.",
		ledger.AlreadyThere: "+1 ••• ••• 0177 is in Spring launch already, so there was nothing left to do.",
	} {
		h := idle(t, envConfig{})
		h.beginAdding("Fx1", adding())
		assert.Assert(t, h.look("Fx1") > 0)
		request := h.View("Fx1").Requests[0]
		assert.Equal(t, request.Kind, ledger.Add)
		assert.Equal(t, request.Undoes, "")
		h.News("Fx1", eve, func(r *ledger.Request) { r.State, r.ChatName, r.People, r.TraceID = state, bottest.Spree, 8, "trace-1" })
		assert.Equal(t, h.look("Fx1"), time.Duration(0))
		assert.DeepEqual(t, h.execution("Fx1").Outputs, map[string]any{
			"status": string(state), "chat_id": bottest.ChatID, "handle": eve, "trace_id": "trace-1", "message": words,
		})
	}
	h := idle(t, envConfig{})
	h.beginAdding("Fx1", adding())
	h.look("Fx1")
	h.News("Fx1", eve, func(r *ledger.Request) { r.State, r.SentAt, r.ChatName = ledger.Sent, h.Clock.Now(), bottest.Spree })
	assert.Assert(t, h.look("Fx1") > 0)
	h.Clock.Pass(30 * time.Second)
	assert.Equal(t, h.look("Fx1"), time.Duration(0))
	assert.Equal(t, h.execution("Fx1").Outputs["message"], "Linq has queued adding +1 ••• ••• 0177 to Spring launch.")
}

func TestStepsThatAddAreRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cfg    envConfig
		change func(map[string]any)
		want   string
	}{
		"adding is off":   {envConfig{noAdds: true}, func(map[string]any) {}, "Adding people is switched off"},
		"steps are off":   {envConfig{off: true}, func(map[string]any) {}, "Workflow steps are switched off"},
		"a chat's name":   {envConfig{}, func(in map[string]any) { in["chat_id"] = bottest.Spree }, "Spring launch is not a chat id"},
		"no handle":       {envConfig{}, func(in map[string]any) { delete(in, "handle") }, "Name the person to add."},
		"a short code":    {envConfig{}, func(in map[string]any) { in["handle"] = "24365" }, "too few digits"},
		"a number as one": {envConfig{}, func(in map[string]any) { in["handle"] = 14155550177 }, "is not text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := idle(t, tc.cfg)
			in := adding()
			tc.change(in)
			h.beginAdding("Fx1", in)
			assert.Equal(t, h.look("Fx1"), time.Duration(0))
			done := h.execution("Fx1")
			assert.Equal(t, done.Status, slacktest.Failed)
			assert.Assert(t, strings.Contains(done.Error, tc.want) && strings.Contains(done.Error, "Nobody was added."), done.Error)
			assert.Equal(t, h.run("Fx1").RequestID, "")
		})
	}
}

// A step that this linqbot does not have ends in words, so that the workflow does not stand still.
func TestAnUnknownStepIsEnded(t *testing.T) {
	t.Parallel()
	h := idle(t, envConfig{})
	assert.Equal(t, h.event(h.stepOf("<!channel>", "Fx1", adding())), http.StatusOK)
	assert.Equal(t, h.look("Fx1"), time.Duration(0))
	done := h.execution("Fx1")
	assert.Equal(t, done.Status, slacktest.Failed)
	assert.Assert(t, strings.Contains(done.Error, "This linqbot does not have the step ‹!channel›. Nothing was done."), done.Error)
	assert.Equal(t, h.look("Fx1"), time.Duration(0))
	assert.Equal(t, h.completions(), 1)
}
