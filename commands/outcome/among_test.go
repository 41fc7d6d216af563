package outcome_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
)

// In a thread with two people whose numbers end alike, each reply says which of them it is about.
func TestPeopleAreToldApart(t *testing.T) {
	t.Parallel()
	request := func(number string) ledger.Request {
		return ledger.Request{Order: ledger.Order{Handle: ledger.NewSecret(number)}}
	}
	both := []ledger.Request{request("+14155550132"), request("+12025560132")}
	for _, test := range []struct {
		explainer outcome.Explainer
		want      []string
	}{
		{outcome.Explainer{}, []string{"+1 ••• ••• 0132", "+1 ••• ••• 0132"}},
		{outcome.Explainer{}.Among(both), []string{"+1 ••• ••• 50132", "+1 ••• ••• 60132"}},
		{outcome.Explainer{FullHandles: true}.Among(both), []string{"+14155550132", "+12025560132"}},
	} {
		for i, r := range both {
			assert.Equal(t, test.explainer.Who(r), test.want[i])
		}
	}
}
