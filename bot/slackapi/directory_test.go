package slackapi

import (
	"io"
	"net/http"
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

// In an organisation a group is looked for in each workspace that is served.
func TestGroupMembersInAnOrganisation(t *testing.T) {
	t.Parallel()
	var asked []string
	api := answering(t, func(w http.ResponseWriter, r *http.Request) {
		team := r.FormValue("team_id")
		asked = append(asked, team)
		switch team {
		case "":
			_, _ = io.WriteString(w, `{"ok":false,"error":"missing_argument"}`)
		case "T2":
			_, _ = io.WriteString(w, `{"ok":true,"users":["U1"]}`)
		default:
			_, _ = io.WriteString(w, `{"ok":false,"error":"no_such_subteam"}`)
		}
	})
	members, err := Groups{Slack: api, Workspaces: func() []string { return []string{"T1", "T2", "T3"} }}.GroupMembers(t.Context(), "S1")
	assert.NilError(t, err)
	assert.DeepEqual(t, members, []string{"U1"})
	assert.DeepEqual(t, asked, []string{"T1", "T2"})
	_, err = Groups{Slack: api}.GroupMembers(t.Context(), "S1")
	assert.Equal(t, Code(err), "missing_argument")
}

// Doctor looks where linqbot looks.
func TestUserGroupsInAnOrganisation(t *testing.T) {
	t.Parallel()
	var asked []string
	inspector := Inspector{api: answering(t, func(w http.ResponseWriter, r *http.Request) {
		team := r.FormValue("team_id")
		asked = append(asked, team)
		answers := map[string]string{
			"": `{"ok":false,"error":"missing_argument"}`, "T0GONE": `{"ok":false,"error":"team_access_not_granted"}`,
			"T1": `{"ok":true,"usergroups":[{"id":"S1","handle":"crew"},{"id":"S9"}]}`, "T2": `{"ok":true,"usergroups":[{"id":"S2","date_delete":1}]}`,
		}
		_, _ = io.WriteString(w, answers[team])
	})}
	groups, err := inspector.UserGroups(t.Context(), []string{"S1", "S2"}, []string{"T0GONE", "T1", "T2", "T3"})
	assert.NilError(t, err)
	assert.DeepEqual(t, groups, map[string]UserGroup{"S1": {Handle: "crew"}, "S2": {Disabled: true}})
	assert.DeepEqual(t, asked, []string{"T0GONE", "T1", "T2"})

	groups, err = inspector.UserGroups(t.Context(), []string{"S1", "S2"}, []string{"T1", "T0GONE"})
	assert.Equal(t, Code(err), "team_access_not_granted")
	assert.DeepEqual(t, groups, map[string]UserGroup{"S1": {Handle: "crew"}})
	_, err = inspector.UserGroups(t.Context(), []string{"S1"}, nil)
	assert.Equal(t, Code(err), "missing_argument")
}

// A workspace that answers an error does not hide a group of another. If nobody has the group, the error is told.
func TestGroupMembersBesideTrouble(t *testing.T) {
	t.Parallel()
	api := answering(t, func(w http.ResponseWriter, r *http.Request) {
		answers := map[string]string{
			"T0GONE": `{"ok":false,"error":"team_access_not_granted"}`, "T0EMPTY": `{"ok":true,"users":[]}`, "T0PAGE": "<html>",
			"T0HAS": `{"ok":true,"users":["U1"]}`, "T0NONE": `{"ok":false,"error":"no_such_subteam"}`,
		}
		_, _ = io.WriteString(w, answers[r.FormValue("team_id")])
	})
	in := func(workspaces ...string) Groups {
		return Groups{Slack: api, Workspaces: func() []string { return workspaces }}
	}
	for _, trouble := range []string{"T0GONE", "T0EMPTY", "T0PAGE"} {
		members, err := in(trouble, "T0HAS").GroupMembers(t.Context(), "S1")
		assert.NilError(t, err, trouble)
		assert.DeepEqual(t, members, []string{"U1"})
	}
	for _, workspaces := range [][]string{{"T0NONE", "T0GONE"}, {"T0GONE", "T0NONE"}} {
		_, err := in(workspaces...).GroupMembers(t.Context(), "S1")
		assert.Equal(t, Code(err), "team_access_not_granted")
	}
}

func TestWhatIsPrivate(t *testing.T) {
	t.Parallel()
	fake := slacktest.New(slacktest.Config{Scopes: []string{"groups:read"}})
	stop, err := fake.Serve()
	assert.NilError(t, err)
	t.Cleanup(stop)
	fake.AddChannel(slacktest.Channel{ID: "C0OPS", BotMember: true})
	fake.AddChannel(slacktest.Channel{ID: "C0HR", Kind: slacktest.Private, BotMember: true})
	fake.AddChannel(slacktest.Channel{ID: "C0BOTH", Kind: slacktest.Private, BotMember: true, ExtShared: true})
	client := New(fake.Config().BotToken, fake.APIURL())

	private, err := IsPrivate(t.Context(), client, "C0HR")
	assert.NilError(t, err)
	assert.Assert(t, private)
	private, err = IsPrivate(t.Context(), client, "C0BOTH")
	assert.NilError(t, err)
	assert.Assert(t, !private, "another organisation reads it")
	private, err = IsPrivate(t.Context(), client, "C0OPS") // channels:read is not granted
	assert.ErrorContains(t, err, "missing_scope")
	assert.Assert(t, !private)
}
