package slackapi

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

func TestInspector(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scopes []string
		team   string // the name of C0TEAM
	}{
		"all scopes":         {nil, "team"},
		"no names of theirs": {[]string{"channels:history", "groups:history", "usergroups:read"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := slacktest.New(slacktest.Config{Scopes: test.scopes, EnterpriseID: "E1"})
			fake.AddGroup(slacktest.Group{ID: "S1", Handle: "support"})
			fake.AddChannel(slacktest.Channel{ID: "C0TEAM", Name: "team", BotMember: true})
			fake.AddChannel(slacktest.Channel{ID: "C0OPEN", Name: "open"})
			fake.AddChannel(slacktest.Channel{ID: "C0SECRET", Name: "secret", Kind: slacktest.Private})
			stop, err := fake.Serve()
			assert.NilError(t, err)
			t.Cleanup(stop)
			i := NewInspector(fake.Config().BotToken, fake.APIURL())

			id, err := i.Identify(t.Context())
			assert.NilError(t, err)
			assert.Equal(t, id.Team+" "+id.TeamID+" "+id.EnterpriseID+" "+id.Workspace+" "+id.User,
				"Acme T0SLACKTEST E1 https://acme.slack.com/ linqbot")
			if test.scopes != nil {
				assert.DeepEqual(t, id.Scopes, test.scopes)
			}

			groups, err := i.UserGroups(t.Context(), []string{"S1", "S2"}, nil)
			assert.NilError(t, err)
			assert.DeepEqual(t, groups, map[string]UserGroup{"S1": {Handle: "support"}})

			for id, want := range map[string]Channel{
				"C0TEAM": {Name: test.team}, "C0SECRET": {Closed: true}, "C0NOWHERE": {Closed: true},
			} {
				channel, err := i.Channel(t.Context(), id)
				assert.NilError(t, err, id)
				assert.Equal(t, channel, want, id)
			}
			open, err := i.Channel(t.Context(), "C0OPEN")
			assert.NilError(t, err)
			assert.Assert(t, !open.Closed)
		})
	}

	fake := slacktest.New(slacktest.Config{})
	stop, err := fake.Serve()
	assert.NilError(t, err)
	t.Cleanup(stop)
	_, err = NewInspector("xoxb-other", fake.APIURL()).Identify(t.Context())
	assert.Equal(t, Code(err), "invalid_auth")
}
