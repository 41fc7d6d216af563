package batch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands/batch"
	"linqbot/commands/commandstest"
	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// results are items of so many chats, each of which may have a request in a state.
func results(count int, state func(i int) ledger.State) []ledger.BatchResult {
	all := make([]ledger.BatchResult, count)
	for i := range all {
		all[i].BatchItem = ledger.BatchItem{
			Position: i + 1, ChatID: fmt.Sprintf("%08d-1111-4222-8333-444455556666", i), ChatName: fmt.Sprintf("Café %d", i+1),
			Handle: ledger.NewSecret(commandstest.Ada),
		}
		if s := state(i); s != "" {
			all[i].Request = ledger.Request{ID: fmt.Sprintf("r%d", i), State: s, ChatName: all[i].ChatName}
			all[i].Request.ChatID, all[i].Request.Handle, all[i].Request.Kind = all[i].ChatID, all[i].Handle, ledger.Remove
		}
	}
	return all
}

func progressOf(items []ledger.BatchResult) ledger.Progress {
	p := ledger.Progress{All: len(items), States: make(map[ledger.State]int)}
	for _, item := range items {
		if item.Request.ID != "" {
			p.States[item.Request.State]++
		}
	}
	return p
}

func none(int) ledger.State { return "" }

func offboarding(state ledger.BatchState, change ...func(*ledger.Batch)) ledger.Batch {
	b := batchOf(ledger.Offboard, commandstest.Ada)
	b.State, b.UserID, b.Source, b.ExpiresAt = state, "U0ADA", ledger.SlashCommand, askedAt().Add(10*time.Minute)
	if state != ledger.Planning && state != ledger.Proposed {
		b.ConfirmedAt = askedAt()
	}
	for _, do := range change {
		do(&b)
	}
	return b
}

func TestProposals(t *testing.T) {
	t.Parallel()
	list := func(b *ledger.Batch) { b.Job, b.ChatID = ledger.List, "00000000-1111-4222-8333-444455556666" }
	back := func(b *ledger.Batch) { b.Job, b.Kind = ledger.AddBack, ledger.Add }
	trouble := func(reason string) func(*ledger.Batch) {
		return func(b *ledger.Batch) { b.Trouble, b.EndedAt = reason, askedAt() }
	}
	foreseen := results(12, none)
	foreseen[0].Foreseen, foreseen[1].Foreseen = outcome.ForeseenNoRemovals, outcome.ForeseenTooFewStay
	foreseen[2].Foreseen, foreseen[3].Foreseen = outcome.ForeseenTooFewStay, outcome.ReasonOwnLine
	unnamed := results(1, none)
	unnamed[0].ChatName = ""
	strangers := results(3, none)
	strangers[1].Foreseen, strangers[2].Foreseen = outcome.ReasonNotInChat, outcome.ReasonSeenGone
	underWay := results(4, none)
	underWay[0].Foreseen, underWay[1].Foreseen = outcome.ForeseenUnderWay, outcome.ForeseenUnderWay
	underWay[2].Foreseen = outcome.ReasonOpposedBy(ledger.Request{ID: commandstest.RequestID})
	over := func(met ledger.Limit) func(*ledger.Batch) {
		return func(b *ledger.Batch) { b.Trouble, b.OverLimit = ledger.TroubleOverLimit, met }
	}
	named := func(b *ledger.Batch) { b.ChatName = "Café 1" }
	var out strings.Builder
	for _, test := range []struct {
		name  string
		batch ledger.Batch
		items []ledger.BatchResult
	}{
		{"planning", offboarding(ledger.Planning), nil},
		{"one chat", offboarding(ledger.Proposed), results(1, none)},
		{"a chat without a name", offboarding(ledger.Proposed), unnamed},
		{"three chats", offboarding(ledger.Proposed), results(3, none)},
		{"more than are named", offboarding(ledger.Proposed), results(12, none)},
		{"to be typed", offboarding(ledger.Proposed), results(21, none)},
		{"some likely cannot work", offboarding(ledger.Proposed), foreseen},
		{"some may be missing", offboarding(ledger.Proposed, func(b *ledger.Batch) { b.CutOff = true }), results(2, none)},
		{"some are under way", offboarding(ledger.Proposed), underWay},
		{"over a limit", offboarding(ledger.Proposed, over(ledger.Limit{Everybody: true, Most: 5, Again: askedAt().Add(time.Hour)})), results(2, none)},
		{"some of a list are under way", offboarding(ledger.Proposed, list), underWay},
		{"a dry run", offboarding(ledger.DryRun), results(2, none)},
		{"a dry run over the limit of an hour", offboarding(ledger.DryRun, over(ledger.Limit{Most: 5, Again: askedAt().Add(time.Hour)})), results(2, none)},
		{"a dry run over the limit of a day", offboarding(ledger.DryRun, list, over(ledger.Limit{Everybody: true, Most: 1})), results(2, none)},
		{"nothing found", offboarding(ledger.Finished), nil},
		{"nothing found of two", offboarding(ledger.Finished, func(b *ledger.Batch) { b.Handles = append(b.Handles, ledger.NewSecret(commandstest.Carla)) }), nil},
		{"Linq did not answer", offboarding(ledger.Unplanned, trouble(outcome.ReasonNoAnswer)), nil},
		{"Linq had trouble", offboarding(ledger.Unplanned, trouble("http_503")), nil},
		{"Linq does not accept the key", offboarding(ledger.Unplanned, trouble("http_401")), nil},
		{"no such chat", offboarding(ledger.Unplanned, list, trouble(outcome.ReasonNoSuchChat)), nil},
		{"said yes", offboarding(ledger.Running), results(3, none)},
		{"said no", offboarding(ledger.Declined, func(b *ledger.Batch) { b.DecidedBy = "U0ADA" }), results(3, none)},
		{"said nothing", offboarding(ledger.Declined), results(3, none)},
		{"a list", offboarding(ledger.Proposed, list), strangers},
		{"not a group", offboarding(ledger.Unplanned, list, named, trouble(outcome.ReasonNotAGroup)), nil},
		{"a list of nobody", offboarding(ledger.Finished, list), nil},
		{"a list of nobody in a chat with a name", offboarding(ledger.Finished, list, named), nil},
		{"back again", offboarding(ledger.Proposed, back), results(2, none)},
		{"nobody to add", offboarding(ledger.Finished, back), nil},
	} {
		fmt.Fprintf(&out, "== %s\n", test.name)
		for _, paragraph := range batch.Proposal(test.batch, test.items, progressOf(test.items), batch.Speed{}) {
			fmt.Fprintln(&out, paragraph)
		}
	}
	golden.Assert(t, out.String(), "proposals.golden")
}

func TestHeadlines(t *testing.T) {
	t.Parallel()
	mixed := func(i int) ledger.State {
		return []ledger.State{ledger.Removed, ledger.AlreadyGone, ledger.Sent, ledger.Refused, ledger.Accepted, ""}[i%6]
	}
	ended := func(i int) ledger.State {
		return []ledger.State{ledger.Removed, ledger.Refused, ledger.Failed, ledger.Unconfirmed}[i%4]
	}
	stopped := func(i int) ledger.State {
		return []ledger.State{ledger.Removed, ledger.Cancelled, ""}[i%3]
	}
	removed := func(int) ledger.State { return ledger.Removed }
	decided := func(b *ledger.Batch) { b.DecidedBy = "U0BEN" }
	over := func(b *ledger.Batch) { b.EndedAt = askedAt().Add(time.Minute) }
	list := func(b *ledger.Batch) { b.Job = ledger.List }
	later := askedAt().Add(2 * time.Minute)
	var out strings.Builder
	for _, test := range []struct {
		name  string
		batch ledger.Batch
		items []ledger.BatchResult
	}{
		{"begun", offboarding(ledger.Running), results(30, none)},
		{"under way", offboarding(ledger.Running), results(30, mixed)},
		{"under way, for a reason", offboarding(ledger.Running, func(b *ledger.Batch) { b.Because = "left the firm" }), results(30, mixed)},
		{"paused", offboarding(ledger.Paused, decided), results(30, mixed)},
		{"being stopped", offboarding(ledger.Stopped, decided), results(30, mixed)},
		{"stopped", offboarding(ledger.Stopped, decided, over), results(30, stopped)},
		{"done", offboarding(ledger.Finished, over), results(30, removed)},
		{"done, and somebody has to look", offboarding(ledger.Finished, over), results(30, ended)},
		{"a list", offboarding(ledger.Running, list), results(30, none)},
		{"of a workflow", offboarding(ledger.Running, func(b *ledger.Batch) { b.Source = ledger.WorkflowStep }), results(1, none)},
		{"of a workflow for nobody", offboarding(ledger.Running, func(b *ledger.Batch) { b.Source, b.UserID = ledger.WorkflowStep, "" }), results(1, none)},
		{"back again", offboarding(ledger.Running, func(b *ledger.Batch) { b.Job, b.Kind = ledger.AddBack, ledger.Add }), results(2, none)},
	} {
		p := progressOf(test.items)
		fmt.Fprintf(&out, "== %s\n%s\n%s\n", test.name,
			batch.Headline(outcome.Explainer{}, test.batch, test.items, p), batch.ProgressLine(test.batch, p, later))
		for _, control := range batch.Controls(test.batch, p, false, later) {
			fmt.Fprint(&out, richtext.Text{control})
		}
		fmt.Fprintln(&out)
	}
	golden.Assert(t, out.String(), "headlines.golden")
}

// While all removals are paused, a batch with something left to send says so, and who paused them and why.
func TestABatchTellsThatRemovalsArePaused(t *testing.T) {
	t.Parallel()
	paused := outcome.Explainer{Pause: func() ledger.Pause { return ledger.Pause{UserID: "U0EVE", Reason: "wrong list", Since: askedAt()} }}
	over := func(b *ledger.Batch) { b.EndedAt = askedAt() }
	done := func(int) ledger.State { return ledger.Removed }
	for name, test := range map[string]struct {
		batch ledger.Batch
		items []ledger.BatchResult
		want  bool
	}{
		"begun":        {offboarding(ledger.Running), results(3, none), true},
		"paused":       {offboarding(ledger.Paused), results(3, none), true},
		"nothing left": {offboarding(ledger.Running), results(3, done), false},
		"ended":        {offboarding(ledger.Finished, over), results(3, done), false},
		"stopped":      {offboarding(ledger.Stopped, over), results(3, none), false},
		"an addition":  {offboarding(ledger.Running, func(b *ledger.Batch) { b.Kind = ledger.Add }), results(3, none), false},
	} {
		said := batch.Headline(paused, test.batch, test.items, progressOf(test.items)).String()
		assert.Equal(t, strings.Contains(said, "Removals are paused: @U0EVE paused them at 2026-03-09 16:45:10 UTC. The reason: wrong list."), test.want, "%s: %s", name, said)
	}
}

func TestAddBackIsOffered(t *testing.T) {
	t.Parallel()
	over := func(b *ledger.Batch) { b.EndedAt = askedAt() }
	p := ledger.Progress{All: 2, States: map[ledger.State]int{ledger.Removed: 1, ledger.Refused: 1}}
	for name, test := range map[string]struct {
		batch  ledger.Batch
		p      ledger.Progress
		undone bool
		after  time.Duration
		want   bool
	}{
		"within a day":     {offboarding(ledger.Finished, over), p, false, 23 * time.Hour, true},
		"stopped":          {offboarding(ledger.Stopped, over), p, false, time.Hour, true},
		"a day later":      {offboarding(ledger.Finished, over), p, false, 24 * time.Hour, false},
		"taken back":       {offboarding(ledger.Finished, over), p, true, time.Hour, false},
		"removed nobody":   {offboarding(ledger.Finished, over), ledger.Progress{All: 2}, false, time.Hour, false},
		"an addition":      {offboarding(ledger.Finished, over, func(b *ledger.Batch) { b.Kind = ledger.Add }), p, false, time.Hour, false},
		"being carried on": {offboarding(ledger.Stopped), p, false, time.Hour, false},
	} {
		controls := batch.Controls(test.batch, test.p, test.undone, askedAt().Add(test.after))
		assert.Equal(t, slices.ContainsFunc(controls, func(s richtext.Span) bool { return s.Action == batch.ActionAddBack }), test.want, name)
	}
}

func TestSummaryAndTable(t *testing.T) {
	t.Parallel()
	states := []ledger.State{ledger.Removed, ledger.Refused, ledger.Unconfirmed, "", ledger.Failed}
	items := results(5, func(i int) ledger.State { return states[i] })
	items[1].Request.Reason, items[1].Request.TraceID = "linq_2013", "trace-1"
	items[0].ChatName, items[0].Request.ChatName = `=HYPERLINK("https://evil.example";"x")`, `=HYPERLINK("https://evil.example";"x")`
	items[2].Request.ChatName = "@chat, +1 202-555-0143"
	items[3].Foreseen, items[3].Handle = outcome.ForeseenTooFewStay, ledger.NewSecret("=cmd@example.com")
	each := func(yield func(ledger.BatchResult, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
	var out strings.Builder
	for _, row := range batch.Summary(outcome.Explainer{}, items) {
		fmt.Fprintf(&out, "%s | %s | %s | %s\n", row.Who, richtext.Text{row.Chat}, row.Status.Text(), row.TraceID)
	}
	for _, full := range []bool{false, true} {
		fmt.Fprintf(&out, "== whole handles: %v\n", full)
		assert.NilError(t, batch.CSV(&out, outcome.Explainer{FullHandles: full}, each))
	}
	golden.Assert(t, out.String(), "tables.golden")
}
