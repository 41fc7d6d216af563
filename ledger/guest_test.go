package ledger_test

import (
	"context"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/ledger/ledgertest"
)

func operatorsBatch(delivery, name string, job ledger.BatchJob, people ...string) ledger.BatchOrder {
	o := ledger.BatchOrder{
		Delivery: delivery, Job: job, Kind: ledger.Remove, Source: ledger.Operator, Rule: ledger.OperatorRule(name), Asks: true,
	}
	for _, person := range people {
		o.Handles = append(o.Handles, ledger.NewSecret(person))
	}
	return o
}

// The process that serves plans and carries out what a guest records, and a guest can tell whether there is one.
func TestAGuest(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := openURL(t, url)
		r := &remover{l: l}
		start(t, l, ledger.Workers{
			Try: r.try, ShowBatch: nothing,
			Plan: func(ctx context.Context, id string) (time.Duration, error) {
				_, err := l.Propose(ctx, id, ledger.Plan{Items: items(3), AskFor: time.Minute})
				return 0, err
			},
		})
		_, err := ledger.OpenUnserved(t.Context(), ledger.Config{URL: url, Logger: quiet()})
		assert.ErrorIs(t, err, ledger.ErrServed)

		g, err := ledger.OpenGuest(t.Context(), url)
		assert.NilError(t, err)
		defer func() { assert.NilError(t, g.Close()) }()
		order := operatorsBatch("B1", "Olga", ledger.Offboard, "+14155550132", "ann@example.com")
		b, fresh, err := g.AcceptBatch(t.Context(), order)
		assert.NilError(t, err)
		assert.Assert(t, fresh)
		await(t, "the plan", func() bool {
			b, err = g.Batch(t.Context(), b.ID)
			return err == nil && b.State == ledger.Proposed
		})
		for name, test := range map[string]struct {
			order ledger.BatchOrder
			found bool
		}{
			"the same":        {operatorsBatch("B2", "Oskar", ledger.Offboard, "Ann@example.com", "+14155550132"), true},
			"somebody else":   {operatorsBatch("B2", "Olga", ledger.Offboard, "+14155550132"), false},
			"another job":     {operatorsBatch("B2", "Olga", ledger.List, "+14155550132", "ann@example.com"), false},
			"only a dry run":  {func() ledger.BatchOrder { o := order; o.DryRun = true; return o }(), false},
			"in another chat": {func() ledger.BatchOrder { o := order; o.ChatID = "c1"; return o }(), false},
		} {
			other, err := g.BatchUnderWay(t.Context(), test.order)
			assert.Check(t, (err == nil) == test.found && (!test.found || other.ID == b.ID), "%s: %v", name, err)
		}
		_, changed, err := g.DecideBatch(t.Context(), b.ID, ledger.ConfirmBatch, b.Rule, ledger.Limits{PerDay: 3})
		assert.NilError(t, err)
		assert.Assert(t, changed)
		untilBatch(t, l, b.ID, hasEnded)
		assert.Equal(t, r.chats(), 3)
		p, err := g.Progress(t.Context(), b.ID)
		assert.NilError(t, err)
		assert.Equal(t, p.Ended(), 3)

		assert.NilError(t, l.Stop(t.Context()))
		assert.NilError(t, l.Close())
		own, err := ledger.OpenUnserved(t.Context(), ledger.Config{URL: url, Logger: quiet()})
		assert.NilError(t, err)
		assert.NilError(t, own.Close())
	})
}

// The limit of an hour is that of an operator's name, whatever member has it, and a denial is on record.
func TestTheLimitsOfOperators(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		confirm := func(delivery, name string, limits ledger.Limits) error {
			b, _, err := l.AcceptBatch(t.Context(), operatorsBatch(delivery, name, ledger.List, "+14155550132"))
			assert.NilError(t, err)
			_, err = l.Propose(t.Context(), b.ID, ledger.Plan{Items: items(4), AskFor: time.Minute})
			assert.NilError(t, err)
			_, _, err = l.DecideBatch(t.Context(), b.ID, ledger.ConfirmBatch, b.Rule, limits)
			return err
		}
		hourly := ledger.Limits{PerHour: 1}
		assert.NilError(t, confirm("B1", "Olga", hourly))
		assert.ErrorContains(t, confirm("B2", "Olga", hourly), "more than 1 removals")
		assert.NilError(t, confirm("B3", "Oskar", hourly))
		assert.ErrorContains(t, confirm("B4", "Otto", ledger.Limits{PerDay: 3}), "more than 3 removals")

		assert.NilError(t, l.DenyOperator(t.Context(), "protected handle, operator Olga"))
		var rules []string
		for row, err := range audit.Rows(t.Context(), l.Reader(), audit.Filter{State: ledger.Denied}) {
			assert.NilError(t, err)
			rules = append(rules, string(row.Source)+": "+row.Rule)
		}
		assert.DeepEqual(t, rules, []string{"operator: protected handle, operator Olga"})
	})
}
