package commandstest

import (
	"strings"

	"linqbot/commands/outcome"
	"linqbot/ledger"
)

// dryRuns are what a workflow is told of a dry run.
func dryRuns() []OutcomeCase {
	const group = "dry_runs"
	opposed := outcome.ReasonOpposedBy(ledger.Request{ID: RequestID})
	var all []OutcomeCase
	for _, reason := range []string{
		"", outcome.ForeseenNoRemovals, outcome.ForeseenTooFewStay, outcome.ReasonUnreadable, outcome.ForeseenUnderWay, outcome.ReasonNoSuchChat,
		outcome.ReasonNotAGroup, outcome.ReasonOwnLine, outcome.ReasonNotInChat, outcome.ReasonSeenGone, opposed, "another",
	} {
		all = append(all, Told(group, strings.TrimSuffix("a removal, "+reason, ", "), ledger.Request{State: ledger.Simulated, Reason: reason}))
	}
	for _, reason := range []string{
		"", outcome.ForeseenTooFewToAdd, outcome.ReasonUnreadable, outcome.ForeseenUnderWay, outcome.ReasonNoSuchChat, outcome.ReasonNotAGroup,
		outcome.ReasonOwnLine, outcome.ReasonSeenThere, opposed, "another",
	} {
		all = append(all, Told(group, strings.TrimSuffix("an addition, "+reason, ", "), ledger.Request{Order: ledger.Order{Kind: ledger.Add}, State: ledger.Simulated, Reason: reason}))
	}
	return all
}
