package publish

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands/outcome"
	"linqbot/ledger"
)

func refused(r *ledger.Request) {
	r.State, r.Reason, r.ChatName = ledger.Refused, outcome.ReasonNotInChat, bottest.Spree
}

// mentions counts the messages of the thread that call Ada as the outcome does.
func (s *env) mentions() int {
	n := 0
	for _, m := range s.Slack.Messages(bottest.Ops) {
		if m.ThreadTS != "" && strings.Contains(m.Rendered, "@Ada: ") {
			n++
		}
	}
	return n
}

// An outcome that is there with the first word is in the one reply.
func TestAnOutcomeThatIsTheFirstWord(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name          string
		news          func(*ledger.Request)
		parent, reply string
	}{
		{"done", bottest.Removed, "✅ +1 ••• ••• 0132 has left Spring launch, asked for by @Ada.", "✅ +1 ••• ••• 0132 has left"},
		{"refused", refused, "⛔ The removal of +1 ••• ••• 0132 from Spring launch was refused, asked for by @Ada.", "⛔ @Ada: +1 ••• ••• 0132 is not in"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			s.News(d, bottest.Ann, tc.news)
			s.Settle(d)
			s.Settle(d)
			s.WantThread(tc.parent, tc.reply)
			assert.Equal(t, s.Calls("chat.update"), 0)
		})
	}
}

// An outcome for which somebody has to come back is a new reply that mentions who asked, once, whatever follows.
func TestAnOutcomeThatCallsForWhoAsked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		after time.Duration
		news  func(*ledger.Request)
		words string // of the mention; "" where there is none
	}{
		{"refused", time.Second, refused, "⛔ @Ada: +1 ••• ••• 0132 is not in"},
		{"late", 61 * time.Second, bottest.Removed, "✅ @Ada: +1 ••• ••• 0132 has left"},
		{"soon", 59 * time.Second, bottest.Removed, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			s.Settle(d)
			s.Clock.Pass(tc.after)
			s.News(d, bottest.Ann, tc.news)
			s.Settle(d)
			if tc.words == "" {
				s.WantThread("✅", "✅ +1 ••• ••• 0132 has left")
				return
			}
			s.WantThread(tc.words[:len("✅")], "Said again in a new reply", tc.words)
			assert.Assert(t, !strings.Contains(s.OnlyThread()[1].Rendered, "@Ada"))
			calls := len(s.Slack.Calls())
			s.Settle(d)
			assert.Equal(t, len(s.Slack.Calls()), calls)
		})
	}
}

// What was late may still change: the mention is edited then, and nobody is called again.
func TestNewsAfterAMention(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Settle(d)
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.State, r.Reason = ledger.Unconfirmed, outcome.ReasonStillListed })
	s.Settle(d)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	s.WantThread("✅", "✅ +1 ••• ••• 0132 has left", "✅ @Ada: +1 ••• ••• 0132 has left")
	assert.Equal(t, s.Calls("chat.postMessage"), 3)
}

// A mention whose answer is lost is looked for, and one that somebody deletes is not posted again.
func TestThereIsOneMention(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Settle(d)
	s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.State, r.Reason = ledger.Unconfirmed, outcome.ReasonStillListed })
	s.Settle(d)
	assert.Equal(t, s.mentions(), 1)
	assert.Equal(t, s.Calls("chat.postMessage"), 3)

	s.Fail("chat.update", slacktest.Fault{Error: "message_not_found", Times: 1})
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	assert.Equal(t, s.Calls("chat.postMessage"), 3)
	thread := s.OnlyThread()
	assert.Assert(t, strings.Contains(thread[0].Rendered, "has left") && strings.Contains(thread[1].Rendered, "has left"), thread)
}

// A thread that is begun again after its parent was deleted calls nobody a second time.
func TestANewThreadAfterAMention(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Settle(d)
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.State, r.Reason = ledger.Unconfirmed, outcome.ReasonStillListed })
	s.Settle(d)
	view := s.View(d)
	assert.Assert(t, view.Replies[view.Requests[0].ID].Mentioned)
	updates := 0
	s.Slack.Chaos(func(method string) *slacktest.Fault {
		if method != "chat.update" {
			return nil
		}
		if updates++; updates != 3 { // the mention, the reply before it, the parent
			return nil
		}
		return &slacktest.Fault{Error: "message_not_found"}
	})
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	assert.Equal(t, len(s.Parents()), 2)
	assert.Equal(t, s.mentions(), 1)
}

// Where no member asked there is nobody to call.
func TestAWorkflowWithoutAUserMentionsNobody(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	_, err := s.Ledger.Accept(t.Context(), []ledger.Order{{
		Delivery: "run", Kind: ledger.Remove, Source: ledger.WorkflowStep, TeamID: bottest.Team, ChannelID: bottest.Ops,
		ChatID: bottest.ChatID, Handle: ledger.NewSecret(bottest.Ann),
	}})
	assert.NilError(t, err)
	s.Settle("run")
	s.News("run", bottest.Ann, refused)
	s.Settle("run")
	s.WantThread("⛔ The removal of +1 ••• ••• 0132 from Spring launch was refused, asked for by a workflow.", "⛔ +1 ••• ••• 0132 is not in")
}
