package bot

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/bot/workspace/workspacetest"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

// payload reads a fixture: what Slack sends, with places for what belongs to one moment.
func payload(t testing.TB, name string, replace ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "payloads", name+".json"))
	assert.NilError(t, err)
	return strings.NewReplacer(replace...).Replace(string(content))
}

// interact posts a fixture, with a trigger and a response_url of now.
func (h *env) interact(name string, replace ...string) slacktest.Ack {
	h.T.Helper()
	replace = append(replace, "TRIGGER_ID", h.Slack.NewTriggerID(bottest.Ada), "RESPONSE_URL", h.Slack.NewResponseURL(bottest.Ops, bottest.Ada, ""))
	return h.taken(h.Slack.SendInteraction(h.T.Context(), h.server.URL, json.RawMessage(payload(h.T, name, replace...))))
}

func TestPayloadsAsSlackSendsThem(t *testing.T) {
	t.Parallel()
	type read struct{ team, enterprise, user, channel, thread, action, subject string }
	const removal, thread = "0195937a-5c48-7000-8000-0123456789ab", "1773480412.000100"
	for name, want := range map[string]read{
		"block_actions_thread":      {bottest.Team, "", bottest.Ada, bottest.Ops, thread, "add_back", removal},
		"block_actions_step":        {bottest.Team, "", bottest.Ada, bottest.Ops, thread, "add_back", removal},
		"block_actions_org":         {bottest.Team, "E0ACME", bottest.Ada, bottest.Ops, thread, "add_back", removal},
		"block_actions_partner":     {"T0PARTNER", "", "W0MALLORY", bottest.Ops, thread, "add_back", removal},
		"block_actions_partner_org": {"T0PARTNER", "E0ACME", "W0MALLORY", bottest.Ops, thread, "add_back", removal},
		"block_actions_ephemeral":   {bottest.Team, "", bottest.Ada, bottest.Ops, "", "cancel_removal", "13345224609.738474920.8088930838d88f008e0"},
		"block_actions_view":        {bottest.Team, "", bottest.Ada, "", "", "chat", ""},
		"message_action_thread":     {bottest.Team, "", bottest.Ada, bottest.Ops, thread, "", ""},
		"shortcut":                  {bottest.Team, "", bottest.Ada, "", "", "", ""},
		"view_submission":           {bottest.Team, "", bottest.Ada, "", "", "", ""},
		"block_suggestion_view":     {bottest.Team, "", bottest.Ada, "", "", "", ""},
		"view_closed":               {bottest.Team, "", bottest.Ada, "", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in interaction
			assert.NilError(t, json.Unmarshal([]byte(payload(t, name)), &in))
			got := read{user: in.User.ID, channel: in.channel(), thread: in.thread()}
			got.team, got.enterprise = in.teams()
			for _, action := range in.Actions {
				got.action, got.subject = action.ActionID, action.Value
			}
			assert.Equal(t, got, want)
		})
	}
	var in interaction
	assert.NilError(t, json.Unmarshal([]byte(payload(t, "view_submission")), &in))
	chat, block, people := chosenIn(in.View)
	assert.Equal(t, chat, bottest.ChatID)
	assert.Equal(t, block, "people-"+bottest.ChatID)
	assert.DeepEqual(t, people, []string{bottest.Ann, bottest.Bert})
	assert.Equal(t, blockkit.MemoryOf(in.View.PrivateMetadata).Thread, "1773480412.000100")
	var typed interaction
	assert.NilError(t, json.Unmarshal([]byte(payload(t, "block_suggestion_view")), &typed))
	assert.Equal(t, typed.Value+typed.ActionID, "415 555 0132"+"chat")
}

// A part that linqbot does not read, or that is of another type than it was, keeps nothing from being served.
func TestPayloadsWithStrangeParts(t *testing.T) {
	t.Parallel()
	for _, part := range []string{
		`"view":{"callback_id":"x","state":{"values":[]}}`, `"view":{"callback_id":"x","state":[]}`, `"view":[]`, `"actions":{}`, `"actions":[7]`,
		`"message":{"attachments":[{"id":"1"}],"blocks":7}`, `"message":"x"`, `"channel":[]`, `"container":"c"`, `"enterprise":false`,
	} {
		for _, kind := range []string{"view_submission", "block_actions", "view_closed"} {
			e := newEdge(t, func(c *Config) { c.Interactive = new(Interactive) })
			body := `{"type":"` + kind + `","user":{"id":"U1","team_id":"` + bottest.Team + `"},` + part + `}`
			r := signedRequest(t, InteractionsPath, testSecret, url.Values{"payload": {body}}.Encode())
			assert.Equal(t, e.serve(r).status, http.StatusOK, body)
		}
	}
}

// An organisation vouches for those whom the payload's workspace vouches for, and in what only its
// own people can send, for all.
func TestWhomAnOrganisationVouchesFor(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		payload string
		want    string
	}{
		"of the workspace":      {`{"type":"block_actions","user":{"id":"U","team_id":"T1"},"team":{"id":"T1"},"enterprise":{"id":"E1"}}`, "E1"},
		"of another workspace":  {`{"type":"block_actions","user":{"id":"U","team_id":"T2"},"team":{"id":"T1"},"enterprise":{"id":"E1"}}`, ""},
		"of nobody knows where": {`{"type":"block_actions","user":{"id":"U"},"team":null,"enterprise":{"id":"E1"}}`, "E1"},
		"no workspace named":    {`{"type":"block_actions","user":{"id":"U","team_id":"T2"},"team":null,"enterprise":{"id":"E1"}}`, "E1"},
		"installed for all":     {`{"type":"block_actions","user":{"id":"U","team_id":"T2"},"team":{"id":"T1"},"enterprise":{"id":"E1"},"is_enterprise_install":true}`, "E1"},
		"seen by one alone":     {`{"type":"block_actions","user":{"id":"U","team_id":"T2"},"team":null,"enterprise":{"id":"E1"},"container":{"is_ephemeral":true}}`, "E1"},
		"in a modal":            {`{"type":"block_actions","user":{"id":"U","team_id":"T2"},"team":null,"enterprise":{"id":"E1"},"view":{"id":"V1"}}`, "E1"},
		"a submission":          {`{"type":"view_submission","user":{"id":"U","team_id":"T2"},"team":null,"enterprise":{"id":"E1"}}`, "E1"},
		"a shortcut":            {`{"type":"message_action","user":{"id":"U","team_id":"T2"},"team":null,"enterprise":{"id":"E1"}}`, "E1"},
	} {
		var in interaction
		assert.NilError(t, json.Unmarshal([]byte(tc.payload), &in))
		_, enterprise := in.teams()
		assert.Equal(t, enterprise, tc.want, name)
	}
	var form interaction
	assert.NilError(t, json.Unmarshal([]byte(`{"type":"view_submission","user":{"id":"U","team_id":"T9"},"team":{"id":"T9"},"view":{"app_installed_team_id":"T1"}}`), &form))
	team, _ := form.teams()
	assert.Equal(t, team, "T1", "a form says where its app is installed")
}

func TestHowInteractionsArrive(t *testing.T) {
	t.Parallel()
	good := payload(t, "shortcut")
	for name, tc := range map[string]struct {
		target, contentType, body string
		want                      int
	}{
		"nothing":                 {"", formType, "", http.StatusBadRequest},
		"another field":           {"", formType, "body=" + url.QueryEscape(good), http.StatusBadRequest},
		"in the query":            {"?payload=" + url.QueryEscape(good), formType, "", http.StatusBadRequest},
		"in the query, body else": {"?payload=" + url.QueryEscape(good), formType, "x=1", http.StatusBadRequest},
		"empty":                   {"", formType, "payload=", http.StatusBadRequest},
		"broken":                  {"", formType, "payload=%7B", http.StatusBadRequest},
		"a broken form":           {"", formType, "payload=%zz", http.StatusBadRequest},
		"a list":                  {"", formType, "payload=%5B%5D", http.StatusBadRequest},
		"null":                    {"", formType, "payload=null", http.StatusBadRequest},
		"nobody":                  {"", formType, `payload={"type":"shortcut","team":{"id":"` + bottest.Team + `"}}`, http.StatusBadRequest},
		"JSON":                    {"", "application/json", good, http.StatusUnsupportedMediaType},
		"JSON of a payload":       {"", "application/json", `{"payload":"{}"}`, http.StatusUnsupportedMediaType},
		"no type at all":          {"", "", "payload=" + url.QueryEscape(good), http.StatusUnsupportedMediaType},
		"of no interest": {
			"", formType, "payload=" + url.QueryEscape(`{"type":"quantum_leap","user":{"id":"U1","team_id":"`+bottest.Team+`"}}`),
			http.StatusOK,
		},
		"closed": {"", formType, "payload=" + url.QueryEscape(payload(t, "view_closed")), http.StatusOK},
		"an unknown shortcut": {
			"", formType, "payload=" + url.QueryEscape(strings.Replace(good, `"remove"`, `"evil"`, 1)),
			http.StatusOK,
		},
		"an unknown modal": {
			"", formType, "payload=" + url.QueryEscape(strings.Replace(payload(t, "view_submission"), `"remove"`, `"evil"`, 1)),
			http.StatusOK,
		},
		"an unknown button": {
			"", formType, "payload=" + url.QueryEscape(strings.ReplaceAll(payload(t, "block_actions_thread"), "add_back", "evil")),
			http.StatusOK,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t, func(c *Config) { c.Interactive = new(Interactive) }) // touching it ends in a panic
			r := signedRequest(t, InteractionsPath+tc.target, testSecret, tc.body)
			r.Header.Set("Content-Type", tc.contentType)
			got := e.serve(r)
			e.bot.Wait(t.Context())
			assert.Equal(t, got.status, tc.want)
			assert.Equal(t, got.body, "")
			assert.Assert(t, !strings.Contains(e.log.String(), "panic"), e.log)
		})
	}
}

// People of other organisations see the bot's messages in shared channels, and can press buttons.
func TestPeopleOfOtherOrganisationsAreRefused(t *testing.T) {
	t.Parallel()
	foreign := []string{
		`"team_id": "` + bottest.Team + `"`, `"team_id": "T0PARTNER"`,
		`"app_installed_team_id": "` + bottest.Team + `"`, `"app_installed_team_id": "T0PARTNER"`,
	}
	for _, name := range []string{
		"block_actions_thread", "block_actions_step", "block_actions_partner", "block_actions_partner_org", "block_actions_ephemeral",
		"block_actions_view", "message_action_thread", "shortcut", "view_submission", "block_suggestion_view",
	} {
		for _, served := range []string{bottest.Team, "E0ACME"} {
			if served == "E0ACME" && name != "block_actions_partner" {
				continue // nobody vouches for them there, or the organisation does
			}
			t.Run(name+" "+served, func(t *testing.T) {
				t.Parallel()
				h := idle(t, envConfig{change: func(c *Config) { c.Teams = workspacetest.Known(t, served) }})
				ack := h.interact(name, foreign...)
				const words = "does not serve this workspace. Nothing was done."
				switch name {
				case "block_suggestion_view":
					assert.Equal(t, string(ack.Body), `{"options":[]}`+"\n")
				case "view_submission":
					assert.Assert(t, strings.Contains(string(ack.Body), words), "%s", ack.Body)
					assert.Assert(t, strings.Contains(string(ack.Body), `"response_action":"update"`), "%s", ack.Body)
				default:
					assert.Equal(t, len(ack.Body), 0)
				}
				if strings.Contains(payload(t, name), "RESPONSE_URL") {
					h.private(bottest.Ada, words)
				}
				assert.Equal(t, len(h.Slack.Views()), 0)
				assert.Equal(t, len(h.linq.Calls()), 0)
				for _, call := range h.Slack.Calls() {
					assert.Equal(t, call.Method, "response_url")
				}
				_, err := h.Ledger.View(t.Context(), "view-V0123")
				assert.ErrorIs(t, err, ledger.ErrNotFound)
				h.await("the record", func() bool { return len(h.noted()) > 0 }) // a denial may be written after the answer
				denials := h.noted()
				assert.Equal(t, len(denials), 1)
				assert.Equal(t, denials[0].State, ledger.Denied)
				assert.Equal(t, denials[0].Rule, policy.DeniedByTeam)
				assert.Assert(t, denials[0].User != "")
			})
		}
	}
}

// A signed payload whose response_url leads elsewhere is not followed there, now or later.
func TestAnswersGoToSlackAlone(t *testing.T) {
	t.Parallel()
	h := idle(t, envConfig{change: func(c *Config) { c.SlackURL = "https://slack.com/api/" }}) // so this machine is elsewhere
	h.interact("block_actions_thread")
	h.interact("block_actions_ephemeral")
	assert.Equal(t, h.Calls("response_url"), 0)

	d := h.Ask(bottest.Ann)
	h.News(d, bottest.Ann, bottest.Removed)
	removal := h.View(d).Requests[0].ID
	h.interact("block_actions_thread", "0195937a-5c48-7000-8000-0123456789ab", removal)
	undo, err := h.Ledger.UndoneBy(t.Context(), removal)
	assert.NilError(t, err)
	assert.Equal(t, undo.ResponseURL.Value(), "")
	assert.Equal(t, undo.ThreadTS, "1773480412.000100")
}

func TestWhichURLsAreSlacks(t *testing.T) {
	t.Parallel()
	for responseURL, want := range map[string]bool{
		"https://hooks.slack.com/actions/T1/2/x":     true,
		"https://HOOKS.SLACK.COM/actions":            true,
		"https://hooks.slack-gov.com/actions":        true,
		"https://slack.com/x":                        true,
		"http://hooks.slack.com/actions":             false,
		"https://hooks.slack.com.evil.test/":         false,
		"https://evilslack.com/":                     false,
		"https://hooks.slack.com@evil.test/":         false,
		"https://evil.test/?https://hooks.slack.com": false,
		"http://127.0.0.1/":                          false,
		"http://169.254.169.254/latest":              false,
		"":                                           false,
		"::":                                         false,
	} {
		assert.Equal(t, slackapi.IsSlack(responseURL, "https://slack.com/api/"), want, responseURL)
	}
	assert.Assert(t, slackapi.IsSlack("http://127.0.0.1:9/response/1", "http://localhost:8/api/"))
	assert.Assert(t, !slackapi.IsSlack("http://192.168.0.1/response/1", "http://localhost:8/api/"))
	assert.Assert(t, !slackapi.IsSlack("http://127.0.0.1:9/", ""))
}

// The step's own token and what else comes with a button inside a workflow decide nothing.
func TestAButtonInsideAWorkflow(t *testing.T) {
	t.Parallel()
	h := idle(t, envConfig{policy: policy.Policy{Users: []string{bottest.Grace}}})
	h.interact("block_actions_step")
	h.private(bottest.Ada, "You may not remove people from Linq chats")
}
