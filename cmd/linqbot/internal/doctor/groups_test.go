package doctor

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// The token of an organisation works for groups only where a workspace is named.
func TestGroupsOfAnOrganisation(t *testing.T) {
	t.Parallel()
	const workspace, organisation = `"team_id":"T1","enterprise_id":"E1"`, `"team_id":"E1","enterprise_id":"E1"`
	for name, test := range map[string]struct {
		token string // whose it is
		teams string // SLACK_TEAM_IDS
		want  status
		says  string
	}{
		"a workspace's":                        {workspace, "", fine, "@crew (S1)"},
		"a workspace's, named by organisation": {workspace, "E1", fine, "@crew (S1)"},
		"an organisation's":                    {organisation, "T2,T1", fine, "@crew (S1)"},
		"an organisation's, with both":         {organisation, "E1,T1", fine, "@crew (S1)"},
		"a workspace without the group":        {organisation, "T2", failure, "there is no user group S1"},
		"a workspace that was taken away":      {organisation, "T3", failure, "Slack says team_access_not_granted"},
		"no workspace named":                   {organisation, "E1", skipped, "name them in SLACK_TEAM_IDS (Slack says missing_argument)"},
		"nothing named":                        {organisation, "", skipped, "name them in SLACK_TEAM_IDS (Slack says missing_argument)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answers := map[string]string{
					"": `{"ok":false,"error":"missing_argument"}`, "T1": `{"ok":true,"usergroups":[{"id":"S1","handle":"crew"}]}`,
					"T2": `{"ok":true,"usergroups":[]}`, "T3": `{"ok":false,"error":"team_access_not_granted"}`,
				}
				answer := answers[r.FormValue("team_id")]
				if strings.HasSuffix(r.URL.Path, "/auth.test") {
					answer = `{"ok":true,"user":"linqbot","team":"Acme",` + test.token + `}`
				}
				_, _ = io.WriteString(w, answer)
			}))
			t.Cleanup(server.Close)
			vars := map[string]string{
				"SLACK_BOT_TOKEN": "xoxb-0123456789-abcdef", "SLACK_API_URL": server.URL + "/api/", "SLACK_TEAM_IDS": test.teams, "ALLOWED_USERGROUPS": "S1",
			}
			e := newCheckup(Config{Lookup: func(name string) string { return vars[name] }})
			e.prepare(t.Context())
			found := e.checkGroups(t.Context())
			assert.Equal(t, len(found), 1)
			assert.Equal(t, found[0].Status, test.want, "%+v", found)
			assert.Assert(t, strings.Contains(found[0].Found, test.says), "%+v", found)
			assert.Equal(t, e.checkToken(t.Context())[0].Status, fine)
		})
	}
}
