package publish

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

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

// endAll brings a batch to its end in one go, with one item that needs a person.
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

// A token that is refused as a whole is waited for, since somebody can mend that.
func TestFilesWaitForTheToken(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 3)
	s.Fail("files.getUploadURLExternal", slacktest.Fault{Error: "token_expired", Times: 3})
	s.endAll()
	s.settle()
	bottest.WantMessages(t, s.thread(), "2 removed, 1 refused", "What needs a person", "[file: ")
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
