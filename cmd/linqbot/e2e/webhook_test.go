package e2e_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"linqbot/linq"
	"linqbot/linq/linqtest"
)

const pinned = "?version=" + linq.WebhookVersion

// newWebhookEnv has what the webhook commands need, and nothing of Slack.
func newWebhookEnv(t *testing.T) *testEnv {
	t.Helper()
	env := newEnv(t, linqtest.Config{})
	env.vars = map[string]string{"LINQ_API_V3_API_KEY": env.linq.APIKey(), "LINQ_API_V3_BASE_URL": env.linq.BaseURL()}
	return env
}

// webhook runs a webhook command. What goes wrong never shows a secret.
func (env *testEnv) webhook(args ...string) (out string, err error) {
	env.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := env.command(append([]string{"webhook"}, args...)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	shown := stderr.String()
	if args[0] != "subscribe" {
		shown += stdout.String()
	}
	if strings.Contains(shown, "whsec_") || strings.Contains(shown, env.linq.APIKey()) {
		env.t.Errorf("%v shows a secret:\n%s", args, shown)
	}
	return stdout.String() + stderr.String(), err
}

func (env *testEnv) mustWebhook(args ...string) string {
	env.t.Helper()
	out, err := env.webhook(args...)
	if err != nil {
		env.t.Fatalf("webhook %v: %v\n%s", args, err, out)
	}
	return out
}

func (env *testEnv) refusedWebhook(reason string, args ...string) {
	env.t.Helper()
	out, err := env.webhook(args...)
	if err == nil || !strings.Contains(out, reason) || strings.Contains(out, "goroutine") {
		env.t.Errorf("webhook %v: %v, without %q:\n%s", args, err, reason, out)
	}
}

// linqbotsEvents are those that linqbot subscribes to.
func linqbotsEvents() []string {
	return []string{"participant.removed", "participant.added", "chat.created", "chat.group_name_updated", "phone_number.status_updated"}
}

func TestWebhookSubscribeListDelete(t *testing.T) {
	t.Parallel()
	env := newWebhookEnv(t)
	const address = "https://bot.example/linq/webhooks"
	if out := env.mustWebhook("list"); !strings.Contains(out, "no webhook subscriptions") {
		t.Error(out)
	}
	out := env.mustWebhook("subscribe", "--url", address)
	made := env.linq.Subscriptions()[0]
	if made.TargetURL != address+pinned || !slices.Equal(made.Events, linqbotsEvents()) {
		t.Errorf("%+v", made)
	}
	if strings.Count(out, made.Secret) != 1 || !strings.Contains(out, "LINQ_WEBHOOK_SECRET="+made.Secret) {
		t.Errorf("the secret is not shown once:\n%s", out)
	}
	again := env.mustWebhook("subscribe", "--url", address+"?version=2025-01-01")
	if strings.Contains(again, "whsec_") || !strings.Contains(again, "all is right") || !strings.Contains(again, "linqbot webhook delete "+made.ID) {
		t.Errorf("subscribed again:\n%s", again)
	}
	env.linq.AddSubscription(linqtest.Subscription{TargetURL: "https://other.example/", Events: []string{"message.sent"}})
	list := env.mustWebhook("list")
	for _, row := range []string{
		made.ID + ` +` + regexp.QuoteMeta(made.TargetURL) + ` +participant\.removed,participant\.added,\S+,phone_number\.status_updated +yes +yes`,
		`https://other\.example/ +message\.sent +yes +no`,
	} {
		if !regexp.MustCompile(`(?m)` + row + `$`).MatchString(list) {
			t.Errorf("no row %s in:\n%s", row, list)
		}
	}
	env.mustWebhook("delete", made.ID)
	env.refusedWebhook("no subscription has this id", "delete", made.ID)
	env.refusedWebhook("not a subscription id", "delete", "../phone_numbers")
	if left := env.linq.Subscriptions(); len(left) != 1 || left[0].ID == made.ID {
		t.Errorf("%+v", left)
	}
}

func TestWebhookSubscribeRepairs(t *testing.T) {
	t.Parallel()
	const address = "https://bot.example/linq/webhooks"
	for name, test := range map[string]struct {
		was    linqtest.Subscription
		asleep bool
		url    string
		want   string // the URL afterwards
		says   string
	}{
		"wrong events":    {linqtest.Subscription{TargetURL: address + pinned, Events: []string{"message.sent"}}, false, address, address + pinned, "events are others"},
		"older events":    {linqtest.Subscription{TargetURL: address + pinned}, false, address, address + pinned, "events are others"},
		"inactive":        {linqtest.Subscription{TargetURL: address + pinned}, true, address, address + pinned, "not active"},
		"no version":      {linqtest.Subscription{TargetURL: address}, false, address, address + pinned, "does not name version"},
		"another version": {linqtest.Subscription{TargetURL: address + "?version=2025-01-01&env=b"}, false, address + "?env=b", address + "?env=b&version=2026-02-03", "does not name version"},
		"some lines only": {linqtest.Subscription{TargetURL: address, PhoneNumbers: []string{line}}, false, address, address + pinned, "+1 ••• ••• 0100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newWebhookEnv(t)
			was := env.linq.AddSubscription(test.was)
			if test.asleep {
				env.putToSleep(was.ID)
			}
			out := env.mustWebhook("subscribe", "--url", test.url)
			all := env.linq.Subscriptions()
			if len(all) != 1 || all[0].ID != was.ID || all[0].TargetURL != test.want || !all[0].Active || !slices.Equal(all[0].Events, linqbotsEvents()) ||
				!slices.Equal(all[0].PhoneNumbers, test.was.PhoneNumbers) {
				t.Errorf("%+v", all)
			}
			if !strings.Contains(out, "Repaired") || !strings.Contains(out, test.says) || strings.Contains(out, "whsec_") {
				t.Error(out)
			}
		})
	}
}

// --url is linqbot's address here as in every other command.
func TestWebhookSubscribeTakesTheBaseURL(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://bot.example":                     "https://bot.example/linq/webhooks",
		"https://bot.example/":                    "https://bot.example/linq/webhooks",
		"https://bot.example/tools/":              "https://bot.example/tools/linq/webhooks",
		"https://bot.example/tools/linq/webhooks": "https://bot.example/tools/linq/webhooks",
		"https://bot.example/slack/events":        "https://bot.example/linq/webhooks",
	} {
		env := newWebhookEnv(t)
		env.mustWebhook("subscribe", "--url", url)
		if got := env.linq.Subscriptions()[0].TargetURL; got != want+pinned {
			t.Errorf("%s: subscribed %s", url, got)
		}
	}
}

func (env *testEnv) putToSleep(id string) {
	env.t.Helper()
	client, err := linq.New(linq.Config{BaseURL: env.linq.BaseURL(), APIKey: env.linq.APIKey()})
	if err != nil {
		env.t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	parsed, err := linq.ParseSubscriptionID(id)
	if err != nil {
		env.t.Fatal(err)
	}
	if _, err := client.UpdateSubscription(env.t.Context(), parsed, linq.SubscriptionRequest{Active: new(false)}); err != nil {
		env.t.Fatal(err)
	}
}

// Two bots behind one address differ in a query parameter; neither takes the other's subscription.
func TestWebhookSubscribeLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	env := newWebhookEnv(t)
	const address = "https://bot.example/linq/webhooks"
	env.linq.AddSubscription(linqtest.Subscription{TargetURL: address + "?env=staging", Events: []string{"message.sent"}})
	env.linq.AddSubscription(linqtest.Subscription{TargetURL: "https://bot.example/other", Events: []string{"message.sent"}})
	env.mustWebhook("subscribe", "--url", address)
	all := env.linq.Subscriptions()
	if len(all) != 3 || all[0].Events[0] != "message.sent" || all[1].Events[0] != "message.sent" {
		t.Errorf("%+v", all)
	}
	double := env.linq.AddSubscription(linqtest.Subscription{TargetURL: address}).ID
	if out := env.mustWebhook("subscribe", "--url", address); !strings.Contains(out, "linqbot webhook delete "+double) {
		t.Errorf("a second one to the same place is not named:\n%s", out)
	}
}

func TestWebhookSecretFile(t *testing.T) {
	t.Parallel()
	env := newWebhookEnv(t)
	const address = "https://bot.example/linq/webhooks"
	path := filepath.Join(env.dir, "secret")
	taken := filepath.Join(env.dir, "taken")
	if err := os.WriteFile(taken, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	env.refusedWebhook("is not overwritten", "subscribe", "--url", address, "--secret-file", taken)
	env.refusedWebhook("nothing was subscribed", "subscribe", "--url", address, "--secret-file", filepath.Join(env.dir, "no", "dir"))
	if content, err := os.ReadFile(taken); err != nil || string(content) != "precious" || len(env.linq.Subscriptions()) != 0 {
		t.Fatalf("%q, %v, %+v", content, err, env.linq.Subscriptions())
	}
	env.linq.Inject(linqtest.Fault{Op: linqtest.Subscribe, Status: 500, Code: 3006, Message: "Internal server error", Times: 1})
	env.refusedWebhook(`Linq says: "Internal server error"`, "subscribe", "--url", address, "--secret-file", path)
	if _, err := os.Stat(path); err == nil {
		t.Error("an empty file stays behind")
	}

	out := env.mustWebhook("subscribe", "--url", address, "--secret-file", path)
	if strings.Contains(out, "whsec_") || !strings.Contains(out, "LINQ_WEBHOOK_SECRET_FILE") || !strings.Contains(out, path) {
		t.Error(out)
	}
	content, err := os.ReadFile(path)
	if err != nil || string(content) != env.linq.Subscriptions()[0].Secret+"\n" {
		t.Errorf("%q, %v", content, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	env.mustWebhook("subscribe", "--url", address, "--secret-file", path) // a script may say it again
	env.refusedWebhook("cannot be read again", "subscribe", "--url", address, "--secret-file", path+"2")
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, content) {
		t.Errorf("%q, %v", again, err)
	}
}

func TestWebhookMistakesAreExplained(t *testing.T) {
	t.Parallel()
	env := newWebhookEnv(t)
	env.refusedWebhook("url", "subscribe")
	for address, reason := range map[string]string{
		"http://bot.example/linq/webhooks":       "must be an https URL",
		"bot.example/linq/webhooks":              "is no address",
		"https://user:pw@bot.example/":           "no user name, password",
		"https://bot.example/linq/webhooks?a=%z": "query that cannot be read",
		"https://bot.example?env=b":              "must have no query",
		"bot.example":                            "write https://bot.example",
	} {
		env.refusedWebhook(reason, "subscribe", "--url", address)
	}
	env.linq.Inject(linqtest.Fault{Op: linqtest.Subscribe, Drop: linqtest.AfterEffect, Times: 1})
	env.refusedWebhook("whose secret nobody knows", "subscribe", "--url", "https://bot.example/linq/webhooks")
	env.linq.Inject(linqtest.Fault{Op: linqtest.Subscribe, WithEffect: true, RawBody: `{"signing_secret":"whsec_x"`, Times: 1})
	env.refusedWebhook("whose secret nobody knows", "subscribe", "--url", "https://second.example/linq/webhooks")

	path := filepath.Join(env.dir, "key")
	if err := os.WriteFile(path, []byte(env.linq.APIKey()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	delete(env.vars, "LINQ_API_V3_API_KEY")
	env.refusedWebhook("LINQ_API_V3_API_KEY is missing", "list")
	if out, _ := env.webhook("list"); strings.Contains(out, "SLACK") || strings.Contains(out, "ALLOWED") {
		t.Errorf("it asks for more than it needs:\n%s", out)
	}
	env.vars["LINQ_API_V3_API_KEY_FILE"] = path
	env.mustWebhook("list")
}
