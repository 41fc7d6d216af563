package bot

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// Whatever becomes of the call, Slack is told once.
func TestARunIsCompletedOnce(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		faults []slacktest.Fault
		wait   time.Duration // of the first look
		calls  int
	}{
		"Slack is down":         {[]slacktest.Fault{{Status: 500, Times: 3}}, time.Second, 4},
		"the answer is lost":    {[]slacktest.Fault{{Drop: slacktest.AfterEffect, Times: 1}}, time.Second, 2},
		"nothing arrives":       {[]slacktest.Fault{{Drop: slacktest.BeforeEffect, Times: 1}}, time.Second, 2},
		"too many calls":        {[]slacktest.Fault{{RetryAfter: 17 * time.Second, Times: 1}}, 17 * time.Second, 2},
		"too many for a year":   {[]slacktest.Fault{{RetryAfter: 10000 * time.Hour, Times: 1}}, 10 * time.Minute, 2},
		"no, without a reason":  {[]slacktest.Fault{{NoError: true, Times: 2}}, time.Second, 3},
		"no, in words":          {[]slacktest.Fault{{Error: "internal_error", Times: 1}}, time.Second, 2},
		"HTML":                  {[]slacktest.Fault{{RawBody: "<html>", Times: 1}}, time.Second, 2},
		"it worked, but 500":    {[]slacktest.Fault{{Status: 500, WithEffect: true, Times: 1}}, time.Second, 2},
		"elsewhere":             {[]slacktest.Fault{{Redirect: "http://127.0.0.1:1/", Times: 1}}, time.Second, 2},
		"of a run that is gone": {[]slacktest.Fault{{Error: "function_execution_not_found"}}, 0, 1},
	} {
		for _, method := range []string{"functions.completeSuccess", "functions.completeError"} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				h := idle(t, envConfig{})
				for _, fault := range tc.faults {
					h.Fail(method, fault)
				}
				if method == "functions.completeError" {
					h.begin("Fx1", inputs("handle", "bob"))
				} else {
					h.begin("Fx1", inputs())
					h.look("Fx1")
					h.News("Fx1", bottest.Ann, bottest.Removed)
				}
				assert.Equal(t, h.look("Fx1"), tc.wait)
				for wait := tc.wait; wait > 0; wait = h.look("Fx1") {
					assert.Assert(t, h.completions() < 10)
					h.Clock.Pass(wait)
				}
				assert.Equal(t, h.Calls(method), tc.calls)
				assert.Equal(t, h.completions(), tc.calls)
				assert.Assert(t, !h.run("Fx1").DoneAt.IsZero())
				if name != "of a run that is gone" {
					assert.Assert(t, h.execution("Fx1").Status != slacktest.Running)
				}
			})
		}
	}
}

// What Slack never takes is not tried for ever.
func TestARunIsGivenUpInTheEnd(t *testing.T) {
	t.Parallel()
	h := idle(t, envConfig{})
	h.Fail("functions.completeError", slacktest.Fault{Error: "invalid_auth"}) // somebody may mend that
	h.begin("Fx1", nil)
	assert.Equal(t, h.look("Fx1"), time.Second)
	h.Clock.Pass(71 * time.Hour)
	assert.Equal(t, h.look("Fx1"), time.Minute)
	h.Clock.Pass(2 * time.Hour)
	assert.Equal(t, h.look("Fx1"), time.Duration(0))
	assert.Assert(t, !h.run("Fx1").DoneAt.IsZero())
	assert.Assert(t, strings.Contains(h.Log.String(), "giving up"))
}

// A code that nobody documents passes for an hour.
func TestARunThatSlackRefusesForGoodIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	for code, after := range map[string]time.Duration{
		"parameter_validation_failed": 0, "access_denied": 0, "invalid_arguments": 0, "a_code_of_next_year": time.Hour + time.Minute,
	} {
		h := idle(t, envConfig{})
		h.Fail("functions.completeError", slacktest.Fault{Error: code})
		h.begin("Fx1", nil)
		if after > 0 {
			assert.Equal(t, h.look("Fx1"), time.Second, code)
			h.Clock.Pass(after)
		}
		assert.Equal(t, h.look("Fx1"), time.Duration(0), code)
		assert.Assert(t, !h.run("Fx1").DoneAt.IsZero(), code)
		assert.Assert(t, strings.Contains(h.Log.String(), "cannot be completed"), code)
	}
}

// A crash between the completion and the note of it, and one between the request and the note of it.
func TestARunThroughACrash(t *testing.T) {
	t.Parallel()
	h := idle(t, envConfig{})
	h.begin("Fx1", inputs())
	before := h.run("Fx1")
	h.look("Fx1")
	assert.NilError(t, h.Ledger.SaveExecution(t.Context(), before)) // as if the note had never been made
	h.look("Fx1")
	assert.Equal(t, len(h.View("Fx1").Requests), 1)
	before = h.run("Fx1")
	assert.Assert(t, before.RequestID != "")

	h.News("Fx1", bottest.Ann, bottest.Removed)
	h.look("Fx1")
	first := h.execution("Fx1")
	assert.NilError(t, h.Ledger.SaveExecution(t.Context(), before))
	assert.Equal(t, h.look("Fx1"), time.Duration(0))
	assert.DeepEqual(t, h.execution("Fx1").Outputs, first.Outputs)
	assert.Equal(t, h.run("Fx1").Completed, "execution_not_in_running_state")
	h.look("Fx1")
	assert.Equal(t, h.Calls("functions.completeSuccess"), 2, "the second was told that it was done")
}

// A run whose place is closed to the bot ends all the same.
func TestARunWhoseChannelIsClosed(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	h.Slack.SetMember(bottest.Ops, h.Slack.Config().BotUserID, false)
	h.begin("Fx1", inputs("channel_id", bottest.Ops, "requested_by", bottest.Ada))
	h.await("the run", func() bool { return h.execution("Fx1").Status == slacktest.Completed })
	h.await("the end of trying", func() bool { return h.View("Fx1").Thread.Route == ledger.Undelivered })
	assert.Equal(t, len(h.Slack.DirectMessages(bottest.Ada)), 0)
}

// A run that was denied, and whose process died before it noted that, is refused for good, whatever the
// policy says by then.
func TestADeniedRunStaysDenied(t *testing.T) {
	t.Parallel()
	h := idle(t, envConfig{})
	h.begin("Fx1", inputs("requested_by", bottest.Ada))
	_, err := h.Ledger.Deny(t.Context(), ledger.Denial{Source: ledger.WorkflowStep, UserID: bottest.Ada, Rule: "not named", Delivery: "Fx1"})
	assert.NilError(t, err)
	assert.Equal(t, h.look("Fx1"), time.Duration(0))
	assert.Assert(t, strings.Contains(h.execution("Fx1").Error, "This run was refused before"), h.execution("Fx1").Error)
	assert.Equal(t, h.run("Fx1").RequestID, "")
	assert.Equal(t, h.deletes(bottest.Ann), 0)
}
