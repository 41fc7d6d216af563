package ledger_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/poll"

	"linqbot/ledger"
)

func batchOrder(delivery string) ledger.BatchOrder {
	return ledger.BatchOrder{
		Delivery: delivery, Job: ledger.Offboard, Kind: ledger.Remove, Source: ledger.SlashCommand,
		TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "user U1",
		Handles: []ledger.Secret{ledger.NewSecret("+14155550132")}, Because: "left the firm", Asks: true,
	}
}

func chatNumber(n int) string { return fmt.Sprintf("3b9d7c52-2f64-4a7e-8d0b-%012d", n) }

// items are as many chats that one person is to leave.
func items(count int) []ledger.BatchItem {
	all := make([]ledger.BatchItem, count)
	for i := range all {
		all[i] = ledger.BatchItem{
			Position: i + 1, ChatID: chatNumber(i + 1), ChatName: fmt.Sprintf("Chat %d", i+1), Handle: ledger.NewSecret("+14155550132"),
		}
	}
	return all
}

// proposed returns a batch of so many chats that waits for a yes.
func proposed(t testing.TB, l *ledger.Ledger, delivery string, count int) ledger.Batch {
	t.Helper()
	b, fresh, err := l.AcceptBatch(t.Context(), batchOrder(delivery))
	assert.NilError(t, err)
	assert.Assert(t, fresh)
	b, err = l.Propose(t.Context(), b.ID, ledger.Plan{Items: items(count), AskFor: 10 * time.Minute})
	assert.NilError(t, err)
	assert.Equal(t, b.State, ledger.Proposed)
	return b
}

func decide(t testing.TB, l *ledger.Ledger, id string, d ledger.BatchDecision) ledger.Batch {
	t.Helper()
	b, changed, err := l.DecideBatch(t.Context(), id, d, "U1", ledger.Limits{})
	assert.NilError(t, err)
	assert.Assert(t, changed)
	return b
}

// remover is a Try that removes at once, unless the batch is paused.
type remover struct {
	l     *ledger.Ledger
	after func() // called after each removal. Optional.

	mu      sync.Mutex
	removed map[string]int // by chat
}

func (r *remover) try(ctx context.Context, id string) (time.Duration, error) {
	request, err := r.l.Request(ctx, id)
	if err != nil || request.State.Final() {
		return 0, err
	}
	if request.Held {
		return 10 * time.Millisecond, nil
	}
	r.mu.Lock()
	if r.removed == nil {
		r.removed = make(map[string]int)
	}
	r.removed[request.ChatID]++
	r.mu.Unlock()
	request.State = ledger.Removed
	_, err = r.l.Save(ctx, request, ledger.Change{Cause: "seen", News: true})
	if r.after != nil {
		r.after()
	}
	return 0, err
}

func (r *remover) chats() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.removed)
}

func untilBatch(t testing.TB, l *ledger.Ledger, id string, is func(ledger.Batch, ledger.Progress) bool) (ledger.Batch, ledger.Progress) {
	t.Helper()
	var b ledger.Batch
	var p ledger.Progress
	poll.WaitOn(t, func(poll.LogT) poll.Result {
		var err error
		if b, err = l.Batch(t.Context(), id); err != nil {
			return poll.Error(err)
		}
		if p, err = l.Progress(t.Context(), id); err != nil {
			return poll.Error(err)
		}
		if is(b, p) {
			return poll.Success()
		}
		return poll.Continue("%s, %v of %d", b.State, p.States, p.All)
	}, poll.WithTimeout(time.Minute), poll.WithDelay(10*time.Millisecond))
	return b, p
}

func hasEnded(b ledger.Batch, _ ledger.Progress) bool { return !b.Open() }
