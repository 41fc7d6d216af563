package ledger_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/ledger/ledgertest"
)

// A dry run that found nobody, or could not look, is on record for those whom it named.
func TestDryRunOfABatchThatFindsNothing(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		for delivery, trouble := range map[string]string{"d1": "", "d2": "no_answer"} {
			b, _, err := l.AcceptBatch(t.Context(), ledger.BatchOrder{
				Delivery: delivery, Job: ledger.Offboard, Kind: ledger.Remove, Source: ledger.SlashCommand, UserID: "U1",
				Handles: []ledger.Secret{ledger.NewSecret("+14155550132"), ledger.NewSecret("ann@example.com")}, DryRun: true, Asks: true,
			})
			assert.NilError(t, err)
			_, err = l.Propose(t.Context(), b.ID, ledger.Plan{Trouble: trouble})
			assert.NilError(t, err)
			var got []string
			for row, err := range audit.Rows(t.Context(), l.Reader(), audit.Filter{State: ledger.Simulated}) {
				assert.NilError(t, err)
				if row.BatchID == b.ID {
					got = append(got, string(row.State)+" "+row.Handle.Value()+" "+row.Reason)
				}
			}
			reason := trouble
			if reason == "" {
				reason = "not_in_chat"
			}
			assert.DeepEqual(t, got, []string{"dry_run +14155550132 " + reason, "dry_run ann@example.com " + reason})
		}
	})
}

// A dry run is on record, and nothing follows from it.
func TestDryRun(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		var kept told
		l, err := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet(), Changed: kept.changed})
		assert.NilError(t, err)
		t.Cleanup(func() { _ = l.Close() })
		var done atomic.Int32
		step := func(_ context.Context, id string) (time.Duration, error) {
			if id == "d2" {
				done.Add(1)
			}
			return 0, nil
		}
		o := order("d1", "Ann@Example.com")
		o.Because = "left the firm"
		o.DryRun = &ledger.Forecast{Reason: "not_in_chat", ChatName: "Spring launch", People: 4}
		got := accept(t, l, o)[0]
		assert.Equal(t, got.Outcome, ledger.Recorded)
		kept.want(t, "a dry run", "remove  dry_run")

		removal := order("d2", "ann@example.com")
		assert.Equal(t, accept(t, l, removal)[0].Outcome, ledger.Recorded, "a dry run is not under way")
		o.Delivery = "d3"
		assert.Equal(t, accept(t, l, o)[0].Outcome, ledger.Recorded, "nor does it follow what is")
		assert.Equal(t, accept(t, l, o)[0].Outcome, ledger.Redelivered)

		start(t, l, ledger.Workers{Try: func(_ context.Context, id string) (time.Duration, error) {
			if id == got.Request.ID {
				t.Error("a dry run was tried")
			}
			return 0, nil
		}, Show: func(ctx context.Context, delivery string) (time.Duration, error) {
			if delivery != "d2" {
				t.Errorf("%s was shown", delivery)
			}
			return step(ctx, delivery)
		}})
		await(t, "the first word of the removal", func() bool { return done.Load() > 0 })

		r, err := l.Request(t.Context(), got.Request.ID)
		assert.NilError(t, err)
		assert.Equal(t, r.State, ledger.Simulated)
		assert.Assert(t, r.State.Final() && !r.EndedAt.IsZero() && r.DryRun == nil)
		assert.Equal(t, r.Because+"|"+r.Reason+"|"+r.ChatName, "left the firm|not_in_chat|Spring launch")
		assert.Equal(t, r.People, 4)
		assert.Equal(t, deliveries(recentOf(t, l, "T1", "U1", 10)), "d2")
	})
}

func TestUnderWay(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		_, err := l.UnderWay(t.Context(), order("d2", "+14155550132"))
		assert.Assert(t, errors.Is(err, ledger.ErrNotFound), "%v", err)
		first := accept(t, l, order("d1", "+14155550132"))[0].Request
		assert.NilError(t, l.SaveThread(t.Context(), ledger.Thread{Delivery: "d1", Route: ledger.InThread, Posting: ledger.Posting{ChannelID: "C1", TS: "1.2"}}))
		got, err := l.UnderWay(t.Context(), order("d2", "+14155550132"))
		assert.NilError(t, err)
		assert.Equal(t, got.Outcome, ledger.UnderWay)
		assert.Equal(t, got.Request.ID, first.ID)
		assert.Equal(t, got.Thread.TS, "1.2")
		added := order("d3", "+14155550132")
		added.Kind = ledger.Add
		_, err = l.UnderWay(t.Context(), added)
		assert.Assert(t, errors.Is(err, ledger.ErrNotFound), "%v", err)
	})
}

// A person who asks for what is under way already does not change its reason.
func TestTheFirstReasonStays(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		first, second := order("d1", "+14155550132"), order("d2", "+14155550132")
		first.Because, second.Because = "left the firm", "spam"
		id := accept(t, l, first)[0].Request.ID
		got := accept(t, l, second)[0]
		assert.Equal(t, got.Outcome, ledger.UnderWay)
		assert.Equal(t, got.Request.Because, "left the firm")
		r, err := l.Request(t.Context(), id)
		assert.NilError(t, err)
		assert.Equal(t, r.Because, "left the firm")
	})
}

func TestAuditByReason(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		for delivery, because := range map[string]string{"d1": "", "d2": "Left the FIRM", "d3": "Straße gesperrt 100%", "d4": "phone lost"} {
			o := order(delivery, delivery+"@example.com")
			o.Because = because
			accept(t, l, o)
		}
		_, err := l.Deny(t.Context(), ledger.Denial{Source: ledger.SlashCommand, TeamID: "T1", ChannelID: "C1", UserID: "X", Rule: "not named"})
		assert.NilError(t, err)
		for text, want := range map[string]string{"left the firm": "d2", "STRASSE": "d3", "0%": "d3", "_": "", "phone": "d4", "nothing": ""} {
			got := ""
			for row, err := range audit.Rows(t.Context(), l.Reader(), audit.Filter{Because: text}) {
				assert.NilError(t, err)
				got += row.Delivery
			}
			assert.Equal(t, got, want, text)
		}
	})
}
