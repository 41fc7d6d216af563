package batch_test

import (
	"context"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/commandstest"
	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
)

func (p *planned) UnderWay(_ context.Context, o ledger.Order) (ledger.Acceptance, error) {
	if kind, ok := p.underWay[o.ChatID+" "+o.Handle.Value()]; !ok || kind != o.Kind {
		return ledger.Acceptance{}, ledger.ErrNotFound
	}
	return ledger.Acceptance{Outcome: ledger.UnderWay}, nil
}

func (p *planned) Opposing(_ context.Context, r ledger.Request) (ledger.Request, error) {
	if kind, ok := p.underWay[r.ChatID+" "+r.Handle.Value()]; !ok || kind == r.Kind {
		return ledger.Request{}, ledger.ErrNotFound
	}
	return ledger.Request{ID: commandstest.RequestID}, nil
}

// What somebody has asked for already is foreseen, of every chat and of a list.
func TestPlanWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	const ada, ben, dan = commandstest.Ada, commandstest.Ben, commandstest.Dan
	chats := &account{groups: []linq.Chat{group(t, 1, "one", ada, ben, dan), group(t, 2, "two", ada, ben), group(t, 3, "three", ada, ben, dan)}}
	underWay := map[string]ledger.Kind{
		chatID(t, 1).String() + " " + ada: ledger.Remove, chatID(t, 2).String() + " " + ada: ledger.Remove, chatID(t, 3).String() + " " + ada: ledger.Add,
	}
	opposed := outcome.ReasonOpposedBy(ledger.Request{ID: commandstest.RequestID})
	list := batchOf(ledger.List, ada, ben)
	list.ChatID = chatID(t, 1).String()
	for _, test := range []struct {
		batch ledger.Batch
		want  []string
	}{
		{batchOf(ledger.Offboard, ada), []string{"1 one " + ada + " under_way", "2 three " + ada + " " + opposed, "3 two " + ada + " under_way"}},
		{list, []string{"1 one " + ada + " under_way", "2 one " + ben + " too_few_stay"}},
	} {
		records := &planned{batch: test.batch, underWay: underWay}
		_, err := planner(records, chats, askedAt()).Plan(t.Context(), "b1")
		assert.NilError(t, err)
		assert.DeepEqual(t, lines(records.plan.Items), test.want)
	}
}
