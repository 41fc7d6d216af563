package publish

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// A proposal goes to the one who asked, alone, and is replaced when it is decided; then there is one thread.
func TestABatchFromItsProposalToItsEnd(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 30)
	s.Slack.AddChannel(slacktest.Channel{ID: bottest.Ops, Name: "ops", BotMember: true})
	assert.Equal(t, s.run(), updateEvery)
	assert.Equal(t, s.run(), updateEvery)
	private := s.Slack.Ephemerals(bottest.Ops, bottest.Ada)
	bottest.WantMessages(t, private, "30 chats")
	assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 0)

	s.confirm()
	s.reach(10, ledger.Removed)
	s.run()
	private = s.Slack.Ephemerals(bottest.Ops, bottest.Ada)
	bottest.WantMessages(t, private, "is recorded")
	bottest.WantMessages(t, s.thread(), "▓▓▓▓▓▓░░░░░░░░░░░░░░ 33 %  10 removed, 20 waiting")
	assert.Assert(t, strings.Contains(s.thread()[0].Rendered, "[ Pause ] [ Stop ]"), s.thread()[0].Rendered)
	assert.Assert(t, !strings.Contains(s.thread()[0].Rendered, bottest.Ann))

	s.Clock.Pass(90 * time.Second)
	s.reach(29, ledger.Removed)
	s.reach(30, ledger.Refused)
	s.end(ledger.Finished)
	s.settle()
	bottest.WantMessages(t, s.thread(), "29 removed, 1 refused", "What needs a person", "[file: linqbot-"+batchID+".csv]")
	assert.Assert(t, strings.Contains(s.thread()[0].Rendered, "Add back"))
	calls := len(s.Slack.Calls())
	s.run()
	assert.Equal(t, len(s.Slack.Calls()), calls, "nothing changed")

	s.Clock.Pass(24 * time.Hour)
	s.settle()
	assert.Assert(t, !strings.Contains(s.thread()[0].Rendered, "Add back"))
	s.settle()
	assert.Assert(t, s.memory.batch.Shown)
	assert.Equal(t, len(s.thread()), 3)
}

func TestWhatADecisionShows(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 4)
	s.confirm()
	s.reach(1, ledger.Removed)
	s.run()
	s.change(func(m *memoryBatch) { m.batch.State, m.batch.DecidedBy = ledger.Paused, bottest.Grace })
	s.settle()
	bottest.WantMessages(t, s.thread(), "Paused by @Grace")
	assert.Assert(t, strings.Contains(s.thread()[0].Rendered, "[ Resume ] [ Stop ]"), s.thread()[0].Rendered)
	s.end(ledger.Stopped)
	s.settle()
	bottest.WantMessages(t, s.thread(), "Stopped by @Grace: 1 removed, 3 not removed", "@Ada asked", "[file: ")
}

// A proposal to which nobody said yes says so in its place; nothing shows in the channel.
func TestAProposalThatExpired(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 3)
	s.run()
	s.Clock.Pass(10 * time.Minute)
	s.end(ledger.Declined)
	s.settle()
	bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "was not confirmed within 10 minutes")
	assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 0)
}

// The person who asked is mentioned once at the end, however it ended. Where a workflow names nobody, only what needs a
// person is said.
func TestWhoAskedIsMentionedOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		took     time.Duration
		refused  int
		end      ledger.BatchState
		user     string
		mentions int
	}{
		"soon done":                 {time.Second, 0, ledger.Finished, bottest.Ada, 1},
		"done after a minute":       {time.Minute, 0, ledger.Finished, bottest.Ada, 1},
		"soon, with one to look at": {time.Second, 1, ledger.Finished, bottest.Ada, 1},
		"stopped":                   {time.Second, 0, ledger.Stopped, bottest.Ada, 1},
		"of nobody":                 {time.Minute, 0, ledger.Finished, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newBatchEnv(t, slacktest.Config{}, 3)
			s.change(func(m *memoryBatch) {
				if m.batch.UserID = test.user; test.user == "" {
					m.batch.Source = ledger.WorkflowStep
				}
			})
			s.confirm()
			s.run()
			s.Clock.Pass(test.took)
			s.reach(test.refused, ledger.Refused)
			s.reach(3, ledger.Removed)
			s.end(test.end)
			s.settle()
			s.restart()
			s.settle()
			mentions := 0
			for _, m := range s.thread()[1:] {
				if strings.Contains(m.Text, "<@"+bottest.Ada+">") {
					mentions++
				}
			}
			assert.Equal(t, mentions, test.mentions)
		})
	}
}
