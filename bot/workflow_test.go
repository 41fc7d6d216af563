package bot

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands/outcome"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

// begin starts a run of the step in an environment whose jobs the test runs itself.
func (h *env) begin(id string, inputs map[string]any) {
	h.T.Helper()
	assert.Equal(h.T, h.event(h.step(id, inputs)), http.StatusOK)
}

// look lets the run have one look.
func (h *env) look(id string) time.Duration {
	h.T.Helper()
	again, err := h.runner.Run(h.T.Context(), id)
	assert.NilError(h.T, err)
	return again
}

func (h *env) execution(id string) slacktest.Execution {
	h.T.Helper()
	e, known := h.Slack.Execution(id)
	assert.Assert(h.T, known)
	return e
}

func (h *env) run(id string) ledger.Execution {
	h.T.Helper()
	run, err := h.Ledger.Execution(h.T.Context(), id)
	assert.NilError(h.T, err)
	return run
}

// completions counts the calls that ended a run, whatever came of them.
func (h *env) completions() int {
	return h.Calls("functions.completeSuccess") + h.Calls("functions.completeError")
}

func idle(t *testing.T, cfg envConfig) *env {
	t.Helper()
	cfg.idle = true
	return newEnv(t, cfg)
}

func inputs(more ...string) map[string]any {
	all := map[string]any{"chat_id": bottest.ChatID, "handle": "(415) 555-0132"}
	for i := 0; i+1 < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

func TestHowARunSucceeds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		state ledger.State
		words string
	}{
		{ledger.Removed, "+1 ••• ••• 0132 has left Spring launch; 4 people stay."},
		{ledger.AlreadyGone, "+1 ••• ••• 0132 is not in Spring launch any more, so there was nothing left to do."},
	} {
		t.Run(string(tc.state), func(t *testing.T) {
			t.Parallel()
			h := idle(t, envConfig{})
			h.begin("Fx1", inputs())
			assert.Assert(t, h.look("Fx1") > 0)
			assert.Equal(t, h.execution("Fx1").Status, slacktest.Running)
			h.News("Fx1", bottest.Ann, func(r *ledger.Request) {
				r.State, r.ChatName, r.People, r.TraceID = tc.state, bottest.Spree, 4, "trace-1"
			})
			assert.Equal(t, h.look("Fx1"), time.Duration(0))
			done := h.execution("Fx1")
			assert.Equal(t, done.Status, slacktest.Completed)
			assert.DeepEqual(t, done.Outputs, map[string]any{
				"status": string(tc.state), "chat_id": bottest.ChatID, "handle": bottest.Ann, "trace_id": "trace-1", "message": tc.words,
			})
			assert.Equal(t, h.look("Fx1"), time.Duration(0))
			assert.Equal(t, h.completions(), 1)
		})
	}
}

// After 30 s the workflow goes on with what is known.
func TestARunDoesNotWaitForLong(t *testing.T) {
	t.Parallel()
	h := idle(t, envConfig{})
	h.begin("Fx1", inputs())
	h.look("Fx1")
	h.News("Fx1", bottest.Ann, func(r *ledger.Request) { r.State, r.SentAt, r.ChatName = ledger.Sent, h.Clock.Now(), bottest.Spree })
	assert.Assert(t, h.look("Fx1") > 0)
	h.Clock.Pass(29 * time.Second)
	wait := h.look("Fx1")
	assert.Assert(t, wait > 0 && wait <= time.Second, wait)
	assert.Equal(t, h.execution("Fx1").Status, slacktest.Running)
	h.Clock.Pass(time.Second)
	assert.Equal(t, h.look("Fx1"), time.Duration(0))
	done := h.execution("Fx1")
	assert.DeepEqual(t, done.Outputs, map[string]any{
		"status": "sent", "chat_id": bottest.ChatID, "handle": bottest.Ann, "trace_id": "",
		"message": "Linq has queued the removal of +1 ••• ••• 0132 from Spring launch.",
	})
}

func TestHowARunFails(t *testing.T) {
	t.Parallel()
	for state, tc := range map[ledger.State]struct{ reason, words string }{
		ledger.Refused:     {outcome.ReasonNotInChat, "is not in Spring launch"},
		ledger.Failed:      {outcome.ReasonNoAnswer, "Linq"},
		ledger.Unconfirmed: {outcome.ReasonStillListed, "Linq"},
		ledger.Cancelled:   {"", "was cancelled. Nothing was removed."},
	} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			h := idle(t, envConfig{})
			h.begin("Fx1", inputs())
			h.look("Fx1")
			h.News("Fx1", bottest.Ann, func(r *ledger.Request) { r.State, r.Reason, r.ChatName = state, tc.reason, bottest.Spree })
			assert.Equal(t, h.look("Fx1"), time.Duration(0))
			done := h.execution("Fx1")
			assert.Equal(t, done.Status, slacktest.Failed)
			assert.Assert(t, strings.Contains(done.Error, tc.words), done.Error)
			assert.Assert(t, strings.HasSuffix(done.Error, ".") && !strings.Contains(done.Error, "  "), "%q", done.Error)
			assert.Equal(t, h.completions(), 1)
		})
	}
}

// What a run cannot be carried out with is said, and nothing is recorded.
func TestRunsThatAreRefused(t *testing.T) {
	t.Parallel()
	members := policy.Policy{Users: []string{bottest.Ada}, Channels: []string{bottest.Ops}}
	for name, tc := range map[string]struct {
		cfg    envConfig
		inputs map[string]any
		want   string
	}{
		"no chat":             {envConfig{}, map[string]any{"handle": bottest.Ann}, "Nothing was removed"},
		"a chat's name":       {envConfig{}, inputs("chat_id", bottest.Spree), "Spring launch is not a chat id"},
		"no handle":           {envConfig{}, map[string]any{"chat_id": bottest.ChatID}, "Nothing was removed"},
		"a handle of letters": {envConfig{}, inputs("handle", "bob"), "neither a phone number nor an e-mail"},
		"two handles":         {envConfig{}, inputs("handle", bottest.Ann+", "+bottest.Bert), "Nothing was removed"},
		"a number as number":  {envConfig{}, map[string]any{"chat_id": bottest.ChatID, "handle": 14155550132}, "Nothing was removed"},
		"nothing":             {envConfig{}, nil, "Nothing was removed"},
		"mark-up":             {envConfig{}, inputs("chat_id", "<!channel> <https://evil.test|x>"), "‹!channel›"},
		"who may not":         {envConfig{policy: members}, inputs("requested_by", bottest.Grace), "may not remove people"},
		"where one may not":   {envConfig{policy: members}, inputs("channel_id", "C0OTHER"), "not allowed"},
		"steps are off":       {envConfig{off: true}, inputs(), "switched off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := idle(t, tc.cfg)
			h.begin("Fx1", tc.inputs)
			assert.Equal(t, h.look("Fx1"), time.Duration(0))
			done := h.execution("Fx1")
			assert.Equal(t, done.Status, slacktest.Failed)
			assert.Assert(t, strings.Contains(done.Error, tc.want), done.Error)
			assert.Assert(t, !strings.ContainsAny(done.Error, "<>\n"), done.Error)
			assert.Equal(t, h.run("Fx1").RequestID, "")
			assert.Equal(t, h.look("Fx1"), time.Duration(0))
			assert.Equal(t, h.completions(), 1)
		})
	}
	h := idle(t, envConfig{policy: members})
	h.begin("Fx1", inputs("requested_by", bottest.Ada, "channel_id", bottest.Ops))
	assert.Assert(t, h.look("Fx1") > 0, "allowed")
	assert.Equal(t, h.View("Fx1").Requests[0].UserID, bottest.Ada)
}

// A step for a removal that is under way ends as that one does, whoever asked for it.
func TestARunFollowsTheRemovalThatIsUnderWay(t *testing.T) {
	t.Parallel()
	h := idle(t, envConfig{})
	d := h.Ask(bottest.Ann)
	h.begin("Fx1", inputs())
	assert.Assert(t, h.look("Fx1") > 0)
	assert.Equal(t, h.run("Fx1").RequestID, h.View(d).Requests[0].ID)
	h.News(d, bottest.Ann, bottest.Removed)
	assert.Equal(t, h.look("Fx1"), time.Duration(0))
	assert.Equal(t, h.execution("Fx1").Outputs["status"], "removed")
	h.Settle(d) // nothing is left to tell the follower, who has no place
	assert.Equal(t, h.Untold(d), 0)
}

func TestWhereARunIsReported(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	asked := h.Slack.PostAs(bottest.Ada, bottest.Ops, "", "Please take them out")
	h.begin("Fx1", inputs("channel_id", bottest.Ops, "message_ts", asked.TS, "requested_by", bottest.Ada))
	h.awaitReply("0132 has left Spring launch")
	thread := h.Slack.Thread(bottest.Ops, asked.TS)
	assert.Equal(t, len(thread), 2, "no parent of ours: %+v", thread)
	assert.Assert(t, strings.Contains(thread[1].Rendered, "Asked for by a workflow, which names @Ada"), thread[1].Rendered)
	assert.Equal(t, len(h.Parents()), 1)

	h.begin("Fx2", inputs("handle", bottest.Bert, "channel_id", bottest.Ops))
	reply := h.awaitReply("0133 has left Spring launch")
	parent := h.Slack.Thread(bottest.Ops, reply.ThreadTS)[0]
	assert.Assert(t, strings.Contains(parent.Rendered, "✅ +1 ••• ••• 0133 has left Spring launch, asked for by a workflow."), parent.Rendered)
	assert.Assert(t, parent.TS != asked.TS)

	before := len(h.Slack.Messages(bottest.Ops))
	h.begin("Fx3", inputs("handle", bottest.Cleo, "message_ts", asked.TS))
	h.await("the third run", func() bool { return h.execution("Fx3").Status != slacktest.Running })
	assert.Equal(t, len(h.Slack.Messages(bottest.Ops)), before, "a message without its channel is no place")
	for i := range 3 {
		id := fmt.Sprintf("Fx%d", i+1)
		h.await(id, func() bool { return h.execution(id).Status == slacktest.Completed || i == 2 })
	}
	assert.Equal(t, len(h.Slack.DirectMessages(bottest.Ada)), 0, "requested_by is a claim")
	for _, call := range h.Slack.Calls() {
		assert.Assert(t, !strings.Contains(fmt.Sprint(call.Form, string(call.Body)), "xwfp-"), "the step's own token was used")
	}
}
