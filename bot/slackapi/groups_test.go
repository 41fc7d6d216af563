package slackapi

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
)

func TestGroupMembers(t *testing.T) {
	t.Parallel()
	fake := slacktest.New(slacktest.Config{})
	fake.AddGroup(slacktest.Group{ID: "S0OPS", Members: []string{bottest.Ada, bottest.Grace}})
	fake.AddGroup(slacktest.Group{ID: "S0EMPTY"})
	groups := Groups{Slack: bottest.SlackOver(fake, fake)}

	members, err := groups.GroupMembers(t.Context(), "S0OPS")
	assert.NilError(t, err)
	assert.DeepEqual(t, members, []string{bottest.Ada, bottest.Grace})
	for _, group := range []string{"S0EMPTY", "S0NONE"} {
		_, err := groups.GroupMembers(t.Context(), group)
		assert.Assert(t, err != nil, group)
	}
	fake.Inject(slacktest.Fault{NoError: true, Times: 1})
	_, err = groups.GroupMembers(t.Context(), "S0OPS")
	assert.Assert(t, err != nil, "a refusal without a reason lets nobody in")
}
