package outcome_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
)

func TestHeadline(t *testing.T) {
	t.Parallel()
	in := func(kind ledger.Kind, states ...ledger.State) []ledger.Request {
		var requests []ledger.Request
		for _, state := range states {
			requests = append(requests, ledger.Request{State: state, ChatName: "Spring launch", Reason: outcome.ReasonNotInChat, Order: ledger.Order{
				Kind: kind, Source: ledger.SlashCommand, UserID: "U1", Handle: ledger.NewSecret("+14155550132"),
			}})
		}
		return requests
	}
	back := func(states ...ledger.State) []ledger.Request {
		requests := in(ledger.Add, states...)
		for i := range requests {
			requests[i].Undoes = "the-removal"
		}
		return requests
	}
	for want, requests := range map[string][]ledger.Request{
		"⏳ @U1 asked to remove +1 ••• ••• 0132 from Spring launch.":                                                                in(ledger.Remove, ledger.Sent),
		"✅ +1 ••• ••• 0132 is not in Spring launch any more, asked for by @U1.":                                                    in(ledger.Remove, ledger.AlreadyGone),
		"⚠️ The removal of +1 ••• ••• 0132 from Spring launch is not confirmed, asked for by @U1.":                                 in(ledger.Remove, ledger.Unconfirmed),
		"✅ +1 ••• ••• 0132 is back in Spring launch, asked for by @U1.":                                                            back(ledger.Added),
		"✅ +1 ••• ••• 0132 is in Spring launch, asked for by @U1.":                                                                 in(ledger.Add, ledger.Added),
		"✅ +1 ••• ••• 0132 is in Spring launch already, asked for by @U1.":                                                         in(ledger.Add, ledger.AlreadyThere),
		"⏳ @U1 asked to add +1 ••• ••• 0132 back to Spring launch.":                                                                back(ledger.Sent),
		"⏳ @U1 asked to add +1 ••• ••• 0132 to Spring launch.":                                                                     in(ledger.Add, ledger.Sent),
		"✅ 1 is in it, ⛔ 1 refused: @U1 asked to add +1 ••• ••• 0132 and +1 ••• ••• 0132 to Spring launch.":                        in(ledger.Add, ledger.Added, ledger.Refused),
		"✅ 2 have left, ⛔ 1 refused: @U1 asked to remove +1 ••• ••• 0132, +1 ••• ••• 0132 and +1 ••• ••• 0132 from Spring launch.": in(ledger.Remove, ledger.Removed, ledger.Refused, ledger.Removed),
		"✅ 1 has left, ⏳ 1 under way: @U1 asked to remove +1 ••• ••• 0132 and +1 ••• ••• 0132 from Spring launch.":                 in(ledger.Remove, ledger.Sent, ledger.Removed),
	} {
		assert.Equal(t, outcome.Explainer{}.Headline(requests).String(), want)
	}
}
