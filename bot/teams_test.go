package bot

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/bot/workspace"
	"linqbot/bot/workspace/workspacetest"
	"linqbot/commands"
	"linqbot/commands/commandstest"
	"linqbot/commands/policy"
)

const (
	notYet   = "⚠️ linqbot has not yet learned from Slack which workspace it serves, so nothing was done. Try again in a minute."
	notThis  = "⛔ This linqbot does not serve this workspace. Nothing was done."
	recorded = "Recorded."
)

func TestWhoseCommandsAreServed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name             string
		served           []string
		team, enterprise string
		want             string
	}{
		{"the team", []string{"T1"}, "T1", "", recorded},
		{"the team, in an organisation", []string{"T1"}, "T1", "E1", recorded},
		{"the organisation", []string{"E1"}, "T2", "E1", recorded},
		{"one of several", []string{"T1", "T2"}, "T2", "", recorded},
		{"another team", []string{"T1"}, "T2", "", notThis},
		{"another team of the organisation", []string{"T1"}, "T2", "E1", notThis},
		{"another organisation", []string{"E1"}, "T1", "E2", notThis},
		{"no team", []string{"T1"}, "", "", notThis},
		{"no team, and an empty one served", []string{""}, "", "", notThis},
		{"nobody is known yet", nil, "T1", "", notYet},
		{"nobody is known yet, and no team", nil, "", "", notYet},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, func(c *Config) { c.Teams = workspacetest.Known(t, tc.served...) })
				f := form("hello")
				f.Set("team_id", tc.team)
				if tc.enterprise != "" {
					f.Set("enterprise_id", tc.enterprise)
				}
				assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, f.Encode()))), tc.want)
				assert.Equal(t, len(e.command.runs()) == 1, tc.want == recorded)
			})
		})
	}
}

// Whose forms and presses are served, as an installation for an organisation sends them. What is refused is audited.
func TestWhosePressesAreServed(t *testing.T) {
	t.Parallel()
	const nobody = `"team":null,"enterprise":null`
	for name, tc := range map[string]struct {
		served string
		rest   string
		want   bool
		seen   []string // workspaces in which groups are looked up from now on
	}{
		"a form of ours, of another workspace":        {"E1", `"user":{"id":"U1","team_id":"T2"},"team":null,"enterprise":{"id":"E1"},"view":{"app_installed_team_id":"E1"}`, true, []string{"T2"}},
		"a form of ours, and no organisation":         {"E1", `"user":{"id":"U1","team_id":"T2"},` + nobody + `,"is_enterprise_install":true,"view":{"app_installed_team_id":"E1"}`, true, []string{"T2"}},
		"a form of the team, and no organisation":     {"T1", `"user":{"id":"U1","team_id":"T2"},` + nobody + `,"view":{"app_installed_team_id":"T1"}`, true, []string{"T1"}},
		"a form of another team of ours":              {"E1", `"user":{"id":"U1","team_id":"T2"},"team":null,"enterprise":{"id":"E1"},"view":{"app_installed_team_id":"T3"}`, true, []string{"T3", "T2"}},
		"a form of others":                            {"E1", `"user":{"id":"U1","team_id":"T2"},` + nobody + `,"view":{"app_installed_team_id":"E2"}`, false, nil},
		"a form of another organisation":              {"E1", `"user":{"id":"U1","team_id":"T2"},"team":null,"enterprise":{"id":"E2"},"view":{"app_installed_team_id":"T9"}`, false, nil},
		"a form of others, of somebody of ours":       {"T1", `"user":{"id":"U1","team_id":"T1"},"team":{"id":"T1"},"view":{"app_installed_team_id":"T9"}`, false, []string{"T1"}},
		"a form that does not say":                    {"T1", `"user":{"id":"U1","team_id":"T1"},"team":null,"view":{}`, true, []string{"T1"}},
		"a user's team alone":                         {"T1", `"user":{"id":"U1","team_id":"T1"}`, true, []string{"T1"}},
		"another user's team alone":                   {"T1", `"user":{"id":"U1","team_id":"T9"}`, false, []string{"T1"}},
		"installed for an organisation that is null":  {"E1", `"user":{"id":"U1","team_id":"T2"},` + nobody + `,"is_enterprise_install":true`, false, nil},
		"a workspace of an organisation that is null": {"T2", `"user":{"id":"U1","team_id":"T2"},` + nobody + `,"is_enterprise_install":true`, true, []string{"T2"}},
		"nobody's":                         {"T1", `"user":{"id":"U1"},` + nobody, false, []string{"T1"}},
		"a person of another organisation": {"E1", `"user":{"id":"U1","team_id":"T9"},"team":{"id":"T9"},"enterprise":{"id":"E2"}`, false, nil},
	} {
		for _, kind := range []string{"view_submission", "shortcut"} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				audit := new(commandstest.Audit)
				logger, _ := bottest.NewLog()
				teams := workspacetest.Known(t, tc.served)
				e := newEdge(t, func(c *Config) {
					c.Teams, c.Interactive = teams, new(Interactive)
					c.Gate = policy.NewGate(policy.GateConfig{Policy: policy.Policy{Everyone: true}, Audit: audit, Logger: logger})
				})
				body := `{"type":"` + kind + `","trigger_id":"1.2.3",` + tc.rest + `}`
				assert.Equal(t, e.serve(signedRequest(t, InteractionsPath, testSecret, url.Values{"payload": {body}}.Encode())).status, http.StatusOK)
				assert.Equal(t, strings.Contains(e.log.String(), "not our team"), !tc.want)
				assert.DeepEqual(t, append([]string(nil), teams.Workspaces()...), tc.seen)
				want := 1
				if tc.want {
					want = 0
				}
				assert.Equal(t, len(audit.Denials), want)
			})
		}
	}
}

// The very first commands after the very first start wait a moment, so that a start is no reason to
// turn anybody away.
func TestTheFirstCommandsWaitForSlack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := slacktest.New(slacktest.Config{})
		fake.Inject(slacktest.Fault{Method: "auth.test", Delay: 900 * time.Millisecond, Times: 1})
		teams := learner(t, fake)
		e := newEdge(t, func(c *Config) { c.Teams = teams })
		go teams.Learn(t.Context())
		began := time.Now()
		assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode()))), recorded)
		assert.Equal(t, time.Since(began), 900*time.Millisecond)
	})
	synctest.Test(t, func(t *testing.T) {
		teams := learner(t, slacktest.New(slacktest.Config{}))
		e := newEdge(t, func(c *Config) { c.Teams = teams })
		began := time.Now()
		assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode()))), notYet)
		assert.Assert(t, time.Since(began) <= ackTime, "took %s", time.Since(began))
	})
}

// Whoever presses something before Slack has said whose token it is, is told so: where nothing else can say it, in a
// direct message.
func TestPressesBeforeTheTeamIsKnown(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{change: func(c *Config) { c.Teams = learner(t, slacktest.New(slacktest.Config{})) }})
	message := h.Slack.PostAs(bottest.Grace, bottest.Ops, "", "remove +1 415 555 0132")
	h.taken(h.Slack.MessageShortcut(t.Context(), h.server.URL, bottest.Ada, shortcutMessage, message))
	h.private(bottest.Ada, notYet)

	h.taken(h.Slack.Shortcut(t.Context(), h.server.URL, bottest.Ada, shortcutGlobal))
	bottest.WantMessages(t, h.Slack.DirectMessages(bottest.Ada), notYet)
	home := slacktest.View{
		ID: "V1", UserID: bottest.Ada, Type: "home",
		Body: json.RawMessage(`{"blocks":[{"type":"actions","elements":[{"type":"button","action_id":"` + commands.ActionResume + `","text":{"type":"plain_text","text":"Resume"}}]}]}`),
	}
	h.taken(h.Slack.PressView(t.Context(), h.server.URL, home, commands.ActionResume, ""))
	bottest.WantMessages(t, h.Slack.DirectMessages(bottest.Ada), notYet, notYet)
}

// learner knows no team until its Slack, a fake without a network, has said which.
func learner(t *testing.T, fake *slacktest.Slack) *workspace.Teams {
	t.Helper()
	logger, _ := bottest.NewLog()
	teams, err := workspace.New(t.Context(), workspace.Config{
		Settings: new(bottest.Settings), Logger: logger, Slack: bottest.SlackOver(fake, fake),
	})
	assert.NilError(t, err)
	return teams
}
