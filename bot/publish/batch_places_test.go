package publish

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

func TestAProposalWithoutAResponseURL(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 3)
	s.change(func(m *memoryBatch) { m.batch.ResponseURL = ledger.NewSecret("") })
	s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	for range 10 {
		s.Clock.Pass(max(s.run(), time.Second))
	}
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "3 chats")
	s.confirm()
	s.run()
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "is recorded")
}

// The table holds whole handles only where invited members of the workspace read it.
func TestTheTable(t *testing.T) {
	t.Parallel()
	noInfo := []string{"chat:write", "files:write", "channels:history", "groups:history"}
	for name, test := range map[string]struct {
		channel slacktest.Channel
		scopes  []string
		whole   bool
	}{
		"public":             {slacktest.Channel{}, nil, false},
		"private":            {slacktest.Channel{Kind: slacktest.Private}, nil, true},
		"private and shared": {slacktest.Channel{Kind: slacktest.Private, ExtShared: true}, nil, false},
		"private, not known": {slacktest.Channel{Kind: slacktest.Private}, noInfo, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newBatchEnv(t, slacktest.Config{Scopes: test.scopes}, 3)
			test.channel.ID, test.channel.BotMember = bottest.Ops, true
			s.Slack.AddChannel(test.channel)
			s.endAll()
			s.settle()
			thread := s.thread()
			file := thread[len(thread)-1].Files[0]
			assert.Equal(t, strings.Count(string(file.Content), "\n"), 4)
			assert.Equal(t, strings.Contains(string(file.Content), bottest.Ann), test.whole, "%s", file.Content)
		})
	}
}

// Where files cannot be added, a reply says how to get the table, once.
func TestWithoutFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scopes []string
		fault  slacktest.Fault
		words  string
	}{
		"without the scope":     {[]string{"chat:write", "channels:history"}, slacktest.Fault{}, "the scope files:write"},
		"of another token":      {nil, slacktest.Fault{Method: "files.getUploadURLExternal", Error: "not_allowed_token_type"}, "the scope files:write"},
		"of a strict workspace": {nil, slacktest.Fault{Method: "files.getUploadURLExternal", Error: "file_uploads_disabled"}, "does not allow such files"},
		"of a guest":            {nil, slacktest.Fault{Method: "files.completeUploadExternal", Error: "not_in_channel"}, "/invite @linqbot"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newBatchEnv(t, slacktest.Config{Scopes: test.scopes}, 3)
			if test.fault.Method != "" {
				s.Slack.Inject(test.fault)
			}
			s.endAll()
			s.settle()
			s.restart()
			s.settle()
			bottest.WantMessages(t, s.thread(), "2 removed, 1 refused", "What needs a person", test.words)
			assert.Assert(t, strings.Contains(s.thread()[2].Rendered, "linqbot audit --batch "+batchID))
		})
	}
}

// Where linqbot may not post, the one who asked is told alone, and in the end by a direct message with its own thread.
func TestABatchWithoutAThread(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 5)
	s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false)
	s.confirm()
	s.reach(1, ledger.Removed)
	s.run()
	bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "1 removed")
	for range 10 {
		s.Clock.Pass(s.run())
	}
	assert.Equal(t, s.Calls("response_url"), 1, "counts take no uses")
	s.reach(5, ledger.Removed)
	s.end(ledger.Finished)
	s.settle()
	assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Ada)), 2)

	s = newBatchEnv(t, slacktest.Config{}, 5)
	s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false)
	s.confirm()
	s.run()
	s.Clock.Pass(40 * time.Minute)
	s.reach(1, ledger.Refused)
	s.reach(5, ledger.Removed)
	s.end(ledger.Finished)
	s.settle()
	direct := s.Slack.DirectMessages(bottest.Ada)
	bottest.WantMessages(t, direct, "4 removed, 1 refused", "What needs a person", "[file: ")
	assert.Assert(t, strings.Contains(string(direct[2].Files[0].Content), bottest.Ann))
}

func TestABatchOfAWorkflow(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 3)
	s.change(func(m *memoryBatch) {
		m.batch.Source, m.batch.ChannelID, m.batch.ResponseURL = ledger.WorkflowStep, "", ledger.NewSecret("")
	})
	s.endAll()
	s.settle()
	assert.Equal(t, len(s.Slack.Calls()), 0)

	s = newBatchEnv(t, slacktest.Config{}, 3)
	parent := s.Slack.PostAs(bottest.Grace, bottest.Ops, "", "Dana leaves today")
	s.change(func(m *memoryBatch) {
		m.batch.Source, m.batch.ThreadTS, m.batch.ResponseURL = ledger.WorkflowStep, parent.TS, ledger.NewSecret("")
	})
	s.endAll()
	s.settle()
	bottest.WantMessages(t, s.thread(), "Dana leaves today", "2 removed, 1 refused", "What needs a person", "[file: ")
	assert.Assert(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Ada)) == 0)
}

// Somebody who asked by hand for a removal of the batch is told once where it shows.
func TestFollowersOfABatch(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 3)
	s.confirm()
	s.reach(3, ledger.Sent)
	s.change(func(m *memoryBatch) {
		m.untold = []ledger.Follower{{
			RequestID: m.items[1].Request.ID, UserID: bottest.Grace, At: s.Clock.Now(),
			ResponseURL: ledger.NewSecret(s.Slack.NewResponseURL(bottest.Ops, bottest.Grace, "")),
		}}
	})
	s.settle()
	bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Grace), "is shown in this thread")
	assert.Equal(t, len(s.memory.untold), 0)
}

// However much needs a person, the messages keep within Slack's limits, which the fake checks.
func TestALargeReport(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 300)
	s.change(func(m *memoryBatch) {
		for i := range m.items {
			m.items[i].ChatName = strings.Repeat("<&>*_ long ", 15) + fmt.Sprint(i)
		}
	})
	s.confirm()
	s.run()
	s.Clock.Pass(time.Minute)
	s.reach(300, ledger.Refused)
	s.end(ledger.Finished)
	s.settle()
	bottest.WantMessages(t, s.thread(), "300 refused", "more: they are in the file of all", "[file: ")
	assert.Equal(t, strings.Count(string(s.thread()[2].Files[0].Content), "\n"), 301)
}

// Nothing of an operator's batch is shown. Nobody is written to, even if the operator's name looks like a member's id.
func TestABatchOfAnOperatorIsShownNowhere(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 3)
	s.change(func(m *memoryBatch) {
		m.batch.Source, m.batch.UserID, m.batch.ChannelID, m.batch.Rule = ledger.Operator, "", "", ledger.OperatorRule(bottest.Ada)
		m.batch.ResponseURL = ledger.NewSecret("")
	})
	s.run()
	s.confirm()
	assert.Equal(t, s.run(), updateEvery, "somebody in Slack may ask for the same")
	s.reach(3, ledger.Refused)
	s.end(ledger.Finished)
	assert.Equal(t, s.run(), time.Duration(0))
	assert.Assert(t, s.memory.batch.Shown)
	assert.Equal(t, len(s.Slack.Calls()), 0)
}
