package e2e_test

import (
	"database/sql"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
	"linqbot/manifests"
)

// newDoctorEnv is an environment in which all is well: the manifest's scopes are granted, and the policy
// names a group and a channel.
func newDoctorEnv(t *testing.T, scopes func([]string) []string) *testEnv {
	t.Helper()
	env := newEnv(t, linqtest.Config{})
	env.slack = slacktest.New(slacktest.Config{
		Scopes: scopes(manifestScopes(t)), BotToken: "xoxb-1234567890-secret-token", SigningSecret: "0123456789abcdef0123456789abcdef",
	})
	env.slack.AddUser(slacktest.User{ID: alice, Name: "Alice"})
	env.slack.AddChannel(slacktest.Channel{ID: channel, Name: "team", BotMember: true})
	env.slack.AddGroup(slacktest.Group{ID: "S0CREW", Handle: "crew", Members: []string{alice}})
	stop, err := env.slack.Serve()
	assert.NilError(t, err)
	t.Cleanup(stop)
	subscription := env.linq.AddSubscription(linqtest.Subscription{TargetURL: "https://bot.example/linq/webhooks" + pinned, Events: linqbotsEvents()})
	maps.Copy(env.vars, map[string]string{
		"SLACK_SIGNING_SECRET": env.slack.Config().SigningSecret,
		"SLACK_BOT_TOKEN":      env.slack.Config().BotToken,
		"SLACK_API_URL":        env.slack.APIURL(),
		"LINQ_WEBHOOK_SECRET":  subscription.Secret,
		"ALLOWED_USERGROUPS":   "S0CREW",
		"ALLOWED_CHANNELS":     channel,
	})
	return env
}

// manifestScopes are the scopes that the Slack app has by its manifest.
func manifestScopes(t *testing.T) []string {
	t.Helper()
	var app struct {
		OAuth struct{ Scopes struct{ Bot []string } } `yaml:"oauth_config"`
	}
	assert.NilError(t, yaml.Unmarshal(manifests.SlackApp(), &app))
	return app.OAuth.Scopes.Bot
}

func asTheManifestHasThem(scopes []string) []string { return scopes }

// reportLine is a line of the doctor's report.
type reportLine struct{ Check, Status, Found, Fix string }

// doctor returns the findings, and whether the doctor is content. None shows a secret.
func (env *testEnv) doctor(args ...string) (found []reportLine, content bool) {
	env.t.Helper()
	out, mistakes, err := env.run(append([]string{"doctor", "--json"}, args...)...)
	env.noSecrets(out + mistakes)
	var report struct {
		OK       bool
		Findings []reportLine
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		env.t.Fatalf("%v: %s%s", err, out, mistakes)
	}
	if (err == nil) != report.OK {
		env.t.Errorf("ok is %v, and it ended with %v", report.OK, err)
	}
	return report.Findings, report.OK
}

func (env *testEnv) noSecrets(text string) {
	env.t.Helper()
	for _, name := range []string{"SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "LINQ_API_V3_API_KEY", "LINQ_WEBHOOK_SECRET"} {
		if secret := env.vars[name]; len(secret) > 8 && strings.Contains(text, secret[:8]) {
			env.t.Errorf("%s is shown:\n%s", name, text)
		}
	}
}

// wantFinding looks for a line; found and fix are patterns.
func wantFinding(t *testing.T, lines []reportLine, check, status, found, fix string) {
	t.Helper()
	for _, l := range lines {
		if l.Check == check && l.Status == status && regexp.MustCompile(found).MatchString(l.Found) && regexp.MustCompile(fix).MatchString(l.Fix) {
			return
		}
	}
	t.Errorf("no %s of %s with %q, %q in %+v", status, check, found, fix, lines)
}

func TestDoctorOfAHealthyBot(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, asTheManifestHasThem)
	env.vars["ALLOWED_USERS"] = ""
	env.linq.AddSubscription(linqtest.Subscription{TargetURL: "http://" + env.addr + "/linq/webhooks" + pinned, Events: linqbotsEvents()})
	env.start()
	out, mistakes, err := env.run("doctor", "--url", "http://"+env.addr)
	assert.NilError(t, err, "%s%s", out, mistakes)
	env.noSecrets(out + mistakes)
	for _, line := range []string{
		`✓ configuration: \d+ variables are set, and all are right; SLACK_SIGNING_SECRET 0123… \(32 characters\), SLACK_BOT_TOKEN xoxb… \(28 characters\), .*`,
		`✓ other variables: .*`,
		`✓ clock: right by Slack's, right by Linq's`,
		`✓ bot token: it is linqbot's in Acme \(T0SLACKTEST\), https://acme.slack.com/`,
		`✓ scopes: the \d+ of the manifest, and no others`,
		`✓ user groups: @crew \(S0CREW\)`,
		`✓ channels: C0TEAM; .* not seen without the scope channels:read`,
		`✓ Linq key: Linq accepts linq… \(13 characters\), and answered in \d+ ms`,
		`✓ Linq lines: \+1 ••• ••• 0100 HEALTHY`,
		`✓ Linq webhooks: http://127\.0\.0\.1:\d+/linq/webhooks\?version=2026-02-03 is active, with linqbot's events`,
		`✓ ledger: /.*ledger\.db can be written`,
		`✓ schema: up to date: version \d+ of the schema for SQLite`,
		`✓ requests: 0 under way, none is stuck`,
		`✓ public address: a signed request through http://127\.0\.0\.1:\d+/slack/events reaches this build \(development.*\)`,
	} {
		assert.Assert(t, regexp.MustCompile(`(?m)^`+line+`$`).MatchString(out), "no line %s in:\n%s", line, out)
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/busy/"):
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
		case strings.HasPrefix(r.URL.Path, "/down/"):
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(elsewhere.Close)
	for name, test := range map[string]struct {
		env                       map[string]string
		check, status, found, fix string
	}{
		"several mistakes":          {map[string]string{"SLACK_BOT_TOKEN": "xoxp-of-a-person", "LOG_LEVEL": "loud"}, "configuration", "failure", "^LOG_LEVEL must be one of", "LOG_LEVEL"},
		"what needs them waits":     {map[string]string{"SLACK_BOT_TOKEN": "xoxp-of-a-person", "LOG_LEVEL": "loud"}, "bot token", "skipped", "^SLACK_BOT_TOKEN is not right", "^$"},
		"a misspelt name":           {map[string]string{"ALLOWED_USER": "U1"}, "other variables", "warning", "ALLOWED_USER", "did you mean ALLOWED_USERS\\?"},
		"Linq's other names":        {map[string]string{"LINQ_API_KEY": "k"}, "other variables", "warning", "LINQ_API_KEY", "did you mean LINQ_API_V3_API_KEY"},
		"a name with our prefix":    {map[string]string{"SLACK_XYZZY_PLUGH_FROBNICATE_IT": "k"}, "other variables", "warning", "SLACK_XYZZY", "unset it"},
		"another token":             {map[string]string{"SLACK_BOT_TOKEN": "xoxb-1234567890-another-one"}, "bot token", "failure", `does not accept xoxb… \(27 characters\): invalid_auth`, "OAuth & Permissions"},
		"what needs a token waits":  {map[string]string{"SLACK_BOT_TOKEN": "xoxb-1234567890-another-one"}, "scopes", "skipped", "not accepted", "^$"},
		"Slack is not there":        {map[string]string{"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "bot token", "failure", "did not answer", "reach http://127.0.0.1:1/api/"},
		"another team":              {map[string]string{"SLACK_TEAM_IDS": "T0OTHER"}, "bot token", "warning", "T0SLACKTEST.*SLACK_TEAM_IDS", "add T0SLACKTEST"},
		"a group that is not there": {map[string]string{"ALLOWED_USERGROUPS": "S0CREW,S0NONE"}, "user groups", "failure", "no user group S0NONE; @crew", "ALLOWED_USERGROUPS"},
		"a channel likewise":        {map[string]string{"ALLOWED_CHANNELS": channel + ",C0NONE"}, "channels", "failure", "C0NONE; there: C0TEAM", "/invite"},
		"no group":                  {map[string]string{"ALLOWED_USERGROUPS": ""}, "user groups", "skipped", "names none", "^$"},
		"another key":               {map[string]string{"LINQ_API_V3_API_KEY": "another-key-of-linq"}, "Linq key", "failure", `anot… \(19 characters\): .*401`, "dashboard.linqapp.com"},
		"what needs a key waits":    {map[string]string{"LINQ_API_V3_API_KEY": "another-key-of-linq"}, "Linq webhooks", "skipped", "not accepted", "^$"},
		"something else is Slack":   {map[string]string{"SLACK_API_URL": elsewhere.URL + "/missing/api/"}, "bot token", "failure", "/missing/api/ answers 404", "SLACK_API_URL is Slack's"},
		"Slack is down":             {map[string]string{"SLACK_API_URL": elsewhere.URL + "/down/api/"}, "bot token", "failure", "Slack answers 503", "again in a minute"},
		"Slack wants a pause":       {map[string]string{"SLACK_API_URL": elsewhere.URL + "/busy/api/"}, "bot token", "warning", "asks for a pause", "again in a minute"},
		"something else is Linq":    {map[string]string{"LINQ_API_V3_BASE_URL": elsewhere.URL + "/missing"}, "Linq key", "failure", "/missing answers: .*404", "LINQ_API_V3_BASE_URL is Linq's"},
		"Linq is down":              {map[string]string{"LINQ_API_V3_BASE_URL": elsewhere.URL + "/down"}, "Linq key", "failure", "503", "wait a minute"},
		"a secret for a path":       {map[string]string{"SLACK_SIGNING_SECRET": "", "SLACK_SIGNING_SECRET_FILE": "not-a-path-but-the-secret"}, "configuration", "failure", "^SLACK_SIGNING_SECRET_FILE cannot be read: it must be the path of a file: no such file or directory$", ""},
		"Linq is not there":         {map[string]string{"LINQ_API_V3_BASE_URL": "http://127.0.0.1:1/api/partner/"}, "Linq key", "failure", "no answer", "reach http"},
		"no webhooks":               {map[string]string{"LINQ_WEBHOOK_SECRET": ""}, "Linq webhooks", "skipped", "not set", "^$"},
		"no ledger yet":             {nil, "schema", "warning", "no ledger yet", "migrate"},
		"a ledger in a wrong place": {map[string]string{"DATABASE_URL": "sqlite:///proc/nowhere/l.db"}, "ledger", "failure", "DATABASE_URL", "DATABASE_URL"},
		"a database that is down":   {map[string]string{"DATABASE_URL": "postgres://bot:pass-word@127.0.0.1:1/linqbot"}, "ledger", "failure", "cannot be reached", "nothing listens there: start PostgreSQL"},
		"a lost slash":              {map[string]string{"DATABASE_URL": "sqlite://var/lib/l.db"}, "ledger", "failure", "there is none: write sqlite:///var/lib/l.db", "DATABASE_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newDoctorEnv(t, asTheManifestHasThem)
			maps.Copy(env.vars, test.env)
			found, content := env.doctor()
			wantFinding(t, found, test.check, test.status, test.found, test.fix)
			assert.Assert(t, test.status != "failure" || !content)
			if test.status == "warning" || test.status == "skipped" && test.env["SLACK_BOT_TOKEN"]+test.env["LINQ_API_V3_API_KEY"] == "" {
				assert.Assert(t, content, "%+v", found)
			}
		})
	}
}

func TestDoctorOnScopes(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, func(scopes []string) []string { return append(scopes[2:], "channels:read", "reactions:write") })
	found, content := env.doctor()
	assert.Assert(t, !content)
	wantFinding(t, found, "scopes", "failure", "missing: chat:write, commands; more than linqbot needs: channels:read, reactions:write", "linqbot manifest")
	wantFinding(t, found, "channels", "ok", `#team \(C0TEAM\)`, "")

	env = newDoctorEnv(t, func(scopes []string) []string {
		return slices.DeleteFunc(scopes, func(scope string) bool { return scope == "files:write" })
	})
	found, content = env.doctor()
	assert.Assert(t, content)
	wantFinding(t, found, "scopes", "warning", "missing: files:write", "linqbot manifest")

	env = newDoctorEnv(t, func(scopes []string) []string { return append(scopes, "channels:read") })
	found, content = env.doctor()
	assert.Assert(t, content)
	wantFinding(t, found, "scopes", "warning", "more than linqbot needs: channels:read", "OAuth")
}

func TestDoctorOnWebhooks(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, asTheManifestHasThem)
	found, _ := env.doctor("--url", "https://bot.example")
	wantFinding(t, found, "Linq webhooks", "ok", "https://bot.example/linq/webhooks", "")
	found, _ = env.doctor("--url", "https://other.example")
	wantFinding(t, found, "Linq webhooks", "failure", "no subscription leads to https://other.example/linq/webhooks",
		"linqbot webhook subscribe --url https://other.example, and")
	env.putToSleep(env.linq.Subscriptions()[0].ID)
	found, content := env.doctor()
	wantFinding(t, found, "Linq webhooks", "failure", "it is not active", "linqbot webhook subscribe --url https://bot.example$")
	assert.Assert(t, !content)
	env.linq.AddSubscription(linqtest.Subscription{TargetURL: "https://bot.example/linq/webhooks" + pinned + "&env=b", Events: linqbotsEvents(), PhoneNumbers: []string{line}})
	found, _ = env.doctor("--url", "https://bot.example")
	wantFinding(t, found, "Linq webhooks", "warning", `these lines only: \[\+1 ••• ••• 0100\]`,
		"linqbot webhook delete "+env.linq.Subscriptions()[1].ID+", and linqbot webhook subscribe --url https://bot.example/linq/webhooks")
	env.linq.AddSubscription(linqtest.Subscription{TargetURL: "https://staging.example/linq/webhooks" + pinned, Events: linqbotsEvents()}) // whole, and another's
	found, _ = env.doctor()
	wantFinding(t, found, "Linq webhooks", "warning", "3 subscriptions lead to a linqbot, .*bot.example.*staging.example", "--url")
	env.linq.AddSubscription(linqtest.Subscription{TargetURL: "https://older.example/linq/webhooks" + pinned})
	found, _ = env.doctor("--url", "https://older.example")
	wantFinding(t, found, "Linq webhooks", "warning", "its events are others", "linqbot webhook subscribe --url https://older.example$")
}

func TestDoctorOnLines(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, asTheManifestHasThem)
	env.linq.Inject(linqtest.Fault{Op: linqtest.PhoneNumbers, RawBody: `{"phone_numbers":[
		{"id":"1","phone_number":"+14155550100","reputation":{"status":"AT_RISK","doc_url":"https://docs.linqapp.com/risk"}},
		{"id":"2","phone_number":"+14155550101","reputation":{"status":"CRITICAL","doc_url":"https://docs.linqapp.com/critical"}}]}`})
	found, content := env.doctor()
	wantFinding(t, found, "Linq lines", "failure", "0100 AT_RISK, .*0101 CRITICAL", "https://docs.linqapp.com/critical")
	assert.Assert(t, !content)
}

// A server whose clock is another's.
func TestDoctorOnTheClock(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, asTheManifestHasThem)
	behind, err := url.Parse(env.vars["SLACK_API_URL"])
	assert.NilError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: behind.Scheme, Host: behind.Host})
	proxy.ModifyResponse = func(r *http.Response) error {
		r.Header.Set("Date", "Fri, 02 Jan 2026 03:04:05 GMT")
		return nil
	}
	server := httptest.NewServer(proxy)
	defer server.Close()
	env.vars["SLACK_API_URL"] = server.URL + "/api/"
	found, content := env.doctor()
	wantFinding(t, found, "clock", "failure", "ahead of Slack's, right by Linq's", "NTP")
	assert.Assert(t, !content)
}

func TestDoctorOnStuckRequests(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, asTheManifestHasThem)
	env.vars["ALLOWED_CHANNELS"], env.vars["ALLOWED_USERS"] = "", "*"
	b := env.start()
	env.linq.Inject(linqtest.Fault{Status: 503})
	env.remove(ann)
	b.Kill()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(env.dir, "ledger.db"))
	assert.NilError(t, err)
	defer db.Close()
	_, err = db.Exec(`UPDATE requests SET accepted_at = accepted_at - 3600000000, next_try_at = MAX(0, next_try_at - 3600000000)`) // as after an hour
	assert.NilError(t, err)
	found, content := env.doctor()
	wantFinding(t, found, "requests", "failure", "1 of 1 under way should have moved", "log for the request [0-9a-f-]{36}")
	assert.Assert(t, !content)
	assert.Assert(t, !strings.Contains(found[len(found)-2].Found, "4155550132"))
}
