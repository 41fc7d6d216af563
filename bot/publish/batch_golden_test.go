package publish

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/bot/bottest"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// What people see of a batch, from its proposal to its end. The fake notes what is beyond Slack's limits.
func TestTheScreenOfABatch(t *testing.T) {
	t.Parallel()
	s := newBatchEnv(t, slacktest.Config{}, 30)
	s.change(func(m *memoryBatch) { m.batch.Because = "has left the firm" })
	var screens strings.Builder
	show := func(title string) {
		fmt.Fprintf(&screens, "== %s\n%s\n", title, s.Slack.Screen(bottest.Ops, bottest.Ada))
	}
	s.run()
	show("proposed")
	s.confirm()
	s.run()
	show("confirmed")
	s.Clock.Pass(30 * time.Second)
	s.reach(10, ledger.Removed)
	s.reach(14, ledger.Sent)
	s.run()
	show("running")
	s.Clock.Pass(30 * time.Second)
	s.change(func(m *memoryBatch) { m.batch.State, m.batch.DecidedBy = ledger.Paused, bottest.Grace })
	s.run()
	show("paused")
	s.change(func(m *memoryBatch) { m.batch.State = ledger.Running })
	s.Clock.Pass(30 * time.Second)
	s.change(func(m *memoryBatch) { m.items[10].Request.State = ledger.Unconfirmed })
	s.change(func(m *memoryBatch) {
		for i := range m.items {
			if m.items[i].Request.State == ledger.Sent {
				m.items[i].Request.State = ledger.Removed
			}
		}
	})
	s.reach(28, ledger.Removed)
	s.reach(30, ledger.Refused)
	s.end(ledger.Finished)
	s.settle()
	show("ended")
	thread := s.thread()
	fmt.Fprintf(&screens, "== %s\n%s", thread[2].Files[0].Name, strings.Join(strings.SplitAfter(string(thread[2].Files[0].Content), "\n")[:3], ""))
	golden.Assert(t, screens.String(), "batch.golden")
	golden.Assert(t, bottest.BlockLines(t, thread[0].Blocks)+"\n"+bottest.BlockLines(t, thread[1].Blocks), "batch_blocks.golden")
}

// With the ledger's own jobs, a batch of 40 chats goes from its plan to its end.
func TestABatchOfTheLedgers(t *testing.T) {
	t.Parallel()
	b, logger := bottest.NewBase(t, slacktest.Config{})
	b.Clock.Run()
	s := &env{Base: b, views: b.Ledger, scheduler: queue.New(queue.Config{Now: b.Clock.Now})}
	s.publisher = s.newPublisher(logger)
	s.publisher.cfg.Batches = b.Ledger
	bottest.StartLedger(t, b.Ledger, ledger.Workers{
		ShowBatch: s.publisher.RunBatch,
		Plan: func(ctx context.Context, id string) (time.Duration, error) {
			items := make([]ledger.BatchItem, 40)
			for i := range items {
				items[i] = ledger.BatchItem{Position: i + 1, ChatID: fmt.Sprint("chat-", i), ChatName: "Team", Handle: ledger.NewSecret(bottest.Ann)}
			}
			_, err := b.Ledger.Propose(ctx, id, ledger.Plan{Items: items, AskFor: time.Minute})
			return 0, err
		},
		Try: func(ctx context.Context, id string) (time.Duration, error) {
			r, err := b.Ledger.Request(ctx, id)
			if err != nil {
				return 0, err
			}
			bottest.Removed(&r)
			_, err = b.Ledger.Save(ctx, r, ledger.Change{Cause: "test", News: true})
			return 0, err
		},
	})
	batch, _, err := b.Ledger.AcceptBatch(t.Context(), ledger.BatchOrder{
		Delivery: "d1", Job: ledger.Offboard, Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: bottest.Team,
		ChannelID: bottest.Ops, UserID: bottest.Ada, Handles: []ledger.Secret{ledger.NewSecret(bottest.Ann)}, Asks: true,
		ResponseURL: ledger.NewSecret(s.Slack.NewResponseURL(bottest.Ops, bottest.Ada, "")),
	})
	assert.NilError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	assert.NilError(t, s.Slack.Await(ctx, func(slack *slacktest.Slack) bool { return len(slack.Ephemerals(bottest.Ops, bottest.Ada)) == 1 }))
	_, changed, err := b.Ledger.DecideBatch(t.Context(), batch.ID, ledger.ConfirmBatch, bottest.Ada, ledger.Limits{})
	assert.NilError(t, err)
	assert.Assert(t, changed)
	assert.NilError(t, s.Slack.Await(ctx, func(slack *slacktest.Slack) bool {
		messages := slack.Messages(bottest.Ops)
		return len(messages) == 3 && strings.Contains(messages[0].Rendered, "40 removed") && len(messages[2].Files) == 1
	}))
	assert.Equal(t, len(s.OnlyThread()), 3)
}
