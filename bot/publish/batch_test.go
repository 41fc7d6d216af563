package publish

import (
	"errors"
	"fmt"
	"slices"
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
	bottest.WantMessages(t, s.thread(), "Stopped by @Grace: 1 removed, 3 not removed", "[file: ")
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

// Who asked is mentioned once: if it took long, or if something needs a person.
func TestWhoAskedIsMentionedOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		took     time.Duration
		refused  int
		mentions int
	}{
		"soon done":                 {30 * time.Second, 0, 0},
		"done after a minute":       {time.Minute, 0, 1},
		"soon, with one to look at": {time.Second, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newBatchEnv(t, slacktest.Config{}, 3)
			s.confirm()
			s.run()
			s.Clock.Pass(test.took)
			s.reach(test.refused, ledger.Refused)
			s.reach(3, ledger.Removed)
			s.end(ledger.Finished)
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

// A batch of 2,000 chats changes its parent at most once in two seconds, and keeps within Slack's limits.
func TestTheParentsPace(t *testing.T) {
	t.Parallel()
	const chats = 2000
	s := newBatchEnv(t, slacktest.Config{RateLimits: slacktest.SlackRateLimits()}, chats)
	s.confirm()
	done := 0
	for again := s.run(); again > 0; again = s.run() {
		step := min(again, 700*time.Millisecond) // decisions and other replicas have it run sooner
		s.Clock.Pass(step)
		done += 7
		s.reach(min(done, chats), ledger.Removed)
		if done >= chats && s.memory.batch.Open() {
			s.end(ledger.Finished)
		}
	}
	var last time.Time
	updates := 0
	for _, call := range s.Slack.Calls() {
		assert.Assert(t, call.Error != "ratelimited", "%s", call.Method)
		if call.Method != "chat.update" {
			continue
		}
		updates++
		assert.Assert(t, call.At.Sub(last) >= updateEvery, "%s after the one before", call.At.Sub(last))
		last = call.At
	}
	assert.Assert(t, updates > 50, "%d", updates)
	assert.Assert(t, strings.Contains(s.thread()[0].Rendered, "2000 removed"), s.thread()[0].Rendered)
}

// A paused batch, of which nothing changes, is looked at seldom and never updated.
func TestNothingIsUpdatedWhenNothingChanged(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 50)
	s.confirm()
	s.reach(10, ledger.Removed)
	s.settle()
	calls := len(s.Slack.Calls())
	s.Clock.Pass(time.Minute)
	assert.Equal(t, s.run(), lookEvery)
	assert.Equal(t, len(s.Slack.Calls()), calls)
}

// ended brings a batch to its end in one go, with one item that needs a person.
func (s *batchEnv) endAll() {
	s.confirm()
	s.run()
	s.Clock.Pass(2 * time.Minute)
	s.reach(1, ledger.Refused)
	s.reach(len(s.memory.items), ledger.Removed)
	s.end(ledger.Finished)
}

// Whenever the process dies, the next one goes on, and everything stands once.
func TestABatchSurvivesACrashAtAnyPoint(t *testing.T) {
	t.Parallel()
	for crashAt := 1; ; crashAt++ {
		s := newBatchEnv(t, slacktest.Config{}, 5)
		s.change(func(m *memoryBatch) { m.crashAt = crashAt })
		died := false
		live := func(do func()) {
			for range 60 {
				again, err := s.publisher.RunBatch(t.Context(), batchID)
				if errors.Is(err, errCrash) {
					died = true
					s.change(func(m *memoryBatch) { m.crashAt = 0 })
					s.restart()
					again = time.Second
				} else {
					assert.NilError(t, err)
				}
				if again == 0 || again > updateEvery && s.memory.batch.Open() {
					break
				}
				s.Clock.Pass(again)
			}
			do()
		}
		live(s.confirm)
		live(func() {
			s.reach(1, ledger.Refused)
			s.reach(5, ledger.Removed)
			s.end(ledger.Finished)
		})
		live(func() {})
		bottest.WantMessages(t, s.thread(), "4 removed, 1 refused", "What needs a person", "[file: ")
		if !died {
			assert.Assert(t, crashAt > 10, "%d", crashAt)
			return
		}
	}
}

// Whatever answer is lost, each message stands once.
func TestABatchWithLostAnswers(t *testing.T) {
	t.Parallel()
	for _, method := range []string{
		"chat.postMessage", "chat.update", "files.getUploadURLExternal", "upload", "files.completeUploadExternal", "conversations.replies",
		"conversations.info", "conversations.history",
	} {
		for name, fault := range map[string]slacktest.Fault{
			"after its effect":  {Drop: slacktest.AfterEffect, Times: 1},
			"before its effect": {Drop: slacktest.BeforeEffect, Times: 1},
			"put off":           {RetryAfter: 3 * time.Second, Times: 2},
			"internal error":    {Error: "internal_error", WithEffect: true, Times: 1},
			"twice":             {Drop: slacktest.AfterEffect, Times: 2},
		} {
			t.Run(method+" "+name, func(t *testing.T) {
				t.Parallel()
				s := newBatchEnv(t, slacktest.Config{}, 5)
				s.Fail(method, fault)
				s.endAll()
				s.settle()
				below := s.thread()[1:]
				if len(below) == 2 && len(below[0].Files) > 0 { // what is put off lets the other go first
					slices.Reverse(below)
				}
				bottest.WantMessages(t, below, "What needs a person", "[file: ")
				assert.Assert(t, strings.Contains(s.thread()[0].Rendered, "4 removed, 1 refused"), s.thread()[0].Rendered)
			})
		}
	}
}

// Two replicas that take turns show one thread.
func TestABatchOfTwoReplicas(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{RateLimits: slacktest.SlackRateLimits()}, 100)
	s.confirm()
	first := s.publisher
	s.restart()
	replicas := []*Publisher{first, s.publisher}
	for i := range 100 {
		s.publisher = replicas[i%2]
		s.reach(i+1, ledger.Removed)
		s.run()
		s.Clock.Pass(time.Second)
	}
	s.end(ledger.Finished)
	s.settle()
	bottest.WantMessages(t, s.thread(), "100 removed", "100 removed", "[file: ")
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

// A token that is refused as a whole is waited for, since somebody can mend that.
func TestFilesWaitForTheToken(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 3)
	s.Fail("files.getUploadURLExternal", slacktest.Fault{Error: "token_expired", Times: 3})
	s.endAll()
	s.settle()
	bottest.WantMessages(t, s.thread(), "2 removed, 1 refused", "What needs a person", "[file: ")
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

// A parent that somebody deletes comes again; what stood below it is not said twice.
func TestADeletedParentOfABatch(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 3)
	s.confirm()
	s.run()
	s.Clock.Pass(5 * time.Second)
	s.Fail("chat.update", slacktest.Fault{Error: "message_not_found", Times: 1})
	s.reach(1, ledger.Removed)
	s.settle()
	assert.Equal(t, len(s.Parents()), 2)
	s.reach(3, ledger.Removed)
	s.end(ledger.Finished)
	s.settle()
	assert.Assert(t, strings.Contains(s.Parents()[1].Rendered, "3 removed"), s.Parents()[1].Rendered)
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
