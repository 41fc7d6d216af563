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

// newWebhookWorld has what the webhook commands need, and nothing of Slack.
func newWebhookWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, linqtest.Config{})
	w.env = map[string]string{"LINQ_API_V3_API_KEY": w.linq.APIKey(), "LINQ_API_V3_BASE_URL": w.linq.BaseURL()}
	return w
}

// webhook runs a webhook command. What goes wrong never shows a secret.
func (w *world) webhook(args ...string) (out string, err error) {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := w.command(append([]string{"webhook"}, args...)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	shown := stderr.String()
	if args[0] != "subscribe" {
		shown += stdout.String()
	}
	if strings.Contains(shown, "whsec_") || strings.Contains(shown, w.linq.APIKey()) {
		w.t.Errorf("%v shows a secret:\n%s", args, shown)
	}
	return stdout.String() + stderr.String(), err
}

func (w *world) mustWebhook(args ...string) string {
	w.t.Helper()
	out, err := w.webhook(args...)
	if err != nil {
		w.t.Fatalf("webhook %v: %v\n%s", args, err, out)
	}
	return out
}

func (w *world) refusedWebhook(reason string, args ...string) {
	w.t.Helper()
	out, err := w.webhook(args...)
	if err == nil || !strings.Contains(out, reason) || strings.Contains(out, "goroutine") {
		w.t.Errorf("webhook %v: %v, without %q:\n%s", args, err, reason, out)
	}
}

func TestWebhookSubscribeListDelete(t *testing.T) {
	t.Parallel()
	w := newWebhookWorld(t)
	const address = "https://bot.example/linq/webhooks"
	if out := w.mustWebhook("list"); !strings.Contains(out, "no webhook subscriptions") {
		t.Error(out)
	}
	out := w.mustWebhook("subscribe", "--url", address)
	made := w.linq.Subscriptions()[0]
	if made.TargetURL != address+pinned || !slices.Equal(made.Events, []string{"participant.removed", "participant.added"}) {
		t.Errorf("%+v", made)
	}
	if strings.Count(out, made.Secret) != 1 || !strings.Contains(out, "LINQ_WEBHOOK_SECRET="+made.Secret) {
		t.Errorf("the secret is not shown once:\n%s", out)
	}
	again := w.mustWebhook("subscribe", "--url", address+"?version=2025-01-01")
	if strings.Contains(again, "whsec_") || !strings.Contains(again, "all is right") || !strings.Contains(again, "linqbot webhook delete "+made.ID) {
		t.Errorf("subscribed again:\n%s", again)
	}
	w.linq.AddSubscription(linqtest.Subscription{TargetURL: "https://other.example/", Events: []string{"message.sent"}})
	list := w.mustWebhook("list")
	for _, row := range []string{
		made.ID + ` +` + regexp.QuoteMeta(made.TargetURL) + ` +participant\.removed,participant\.added +yes +yes`,
		`https://other\.example/ +message\.sent +yes +no`,
	} {
		if !regexp.MustCompile(`(?m)` + row + `$`).MatchString(list) {
			t.Errorf("no row %s in:\n%s", row, list)
		}
	}
	w.mustWebhook("delete", made.ID)
	w.refusedWebhook("no subscription has this id", "delete", made.ID)
	w.refusedWebhook("not a subscription id", "delete", "../phone_numbers")
	if left := w.linq.Subscriptions(); len(left) != 1 || left[0].ID == made.ID {
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
		"inactive":        {linqtest.Subscription{TargetURL: address + pinned}, true, address, address + pinned, "not active"},
		"no version":      {linqtest.Subscription{TargetURL: address}, false, address, address + pinned, "does not name version"},
		"another version": {linqtest.Subscription{TargetURL: address + "?version=2025-01-01&env=b"}, false, address + "?env=b", address + "?env=b&version=2026-02-03", "does not name version"},
		"some lines only": {linqtest.Subscription{TargetURL: address, PhoneNumbers: []string{line}}, false, address, address + pinned, "+1 ••• ••• 0100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWebhookWorld(t)
			was := w.linq.AddSubscription(test.was)
			if test.asleep {
				w.putToSleep(was.ID)
			}
			out := w.mustWebhook("subscribe", "--url", test.url)
			all := w.linq.Subscriptions()
			if len(all) != 1 || all[0].ID != was.ID || all[0].TargetURL != test.want || !all[0].Active || len(all[0].Events) != 2 ||
				!slices.Equal(all[0].PhoneNumbers, test.was.PhoneNumbers) {
				t.Errorf("%+v", all)
			}
			if !strings.Contains(out, "Repaired") || !strings.Contains(out, test.says) || strings.Contains(out, "whsec_") {
				t.Error(out)
			}
		})
	}
}

func (w *world) putToSleep(id string) {
	w.t.Helper()
	client, err := linq.New(linq.Config{BaseURL: w.linq.BaseURL(), APIKey: w.linq.APIKey()})
	if err != nil {
		w.t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	parsed, err := linq.ParseSubscriptionID(id)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := client.UpdateSubscription(w.t.Context(), parsed, linq.SubscriptionRequest{Active: new(false)}); err != nil {
		w.t.Fatal(err)
	}
}

// Two bots behind one address differ in a query parameter; neither takes the other's subscription.
func TestWebhookSubscribeLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	w := newWebhookWorld(t)
	const address = "https://bot.example/linq/webhooks"
	w.linq.AddSubscription(linqtest.Subscription{TargetURL: address + "?env=staging", Events: []string{"message.sent"}})
	w.linq.AddSubscription(linqtest.Subscription{TargetURL: "https://bot.example/other", Events: []string{"message.sent"}})
	w.mustWebhook("subscribe", "--url", address)
	all := w.linq.Subscriptions()
	if len(all) != 3 || all[0].Events[0] != "message.sent" || all[1].Events[0] != "message.sent" {
		t.Errorf("%+v", all)
	}
	double := w.linq.AddSubscription(linqtest.Subscription{TargetURL: address}).ID
	if out := w.mustWebhook("subscribe", "--url", address); !strings.Contains(out, "linqbot webhook delete "+double) {
		t.Errorf("a second one to the same place is not named:\n%s", out)
	}
}

func TestWebhookSecretFile(t *testing.T) {
	t.Parallel()
	w := newWebhookWorld(t)
	const address = "https://bot.example/linq/webhooks"
	path := filepath.Join(w.dir, "secret")
	taken := filepath.Join(w.dir, "taken")
	if err := os.WriteFile(taken, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.refusedWebhook("is not overwritten", "subscribe", "--url", address, "--secret-file", taken)
	w.refusedWebhook("nothing was subscribed", "subscribe", "--url", address, "--secret-file", filepath.Join(w.dir, "no", "dir"))
	if content, err := os.ReadFile(taken); err != nil || string(content) != "precious" || len(w.linq.Subscriptions()) != 0 {
		t.Fatalf("%q, %v, %+v", content, err, w.linq.Subscriptions())
	}
	w.linq.Inject(linqtest.Fault{Op: linqtest.Subscribe, Status: 500, Code: 3006, Message: "Internal server error", Times: 1})
	w.refusedWebhook(`Linq says: "Internal server error"`, "subscribe", "--url", address, "--secret-file", path)
	if _, err := os.Stat(path); err == nil {
		t.Error("an empty file stays behind")
	}

	out := w.mustWebhook("subscribe", "--url", address, "--secret-file", path)
	if strings.Contains(out, "whsec_") || !strings.Contains(out, "LINQ_WEBHOOK_SECRET_FILE") || !strings.Contains(out, path) {
		t.Error(out)
	}
	content, err := os.ReadFile(path)
	if err != nil || string(content) != w.linq.Subscriptions()[0].Secret+"\n" {
		t.Errorf("%q, %v", content, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	w.mustWebhook("subscribe", "--url", address, "--secret-file", path) // a script may say it again
	w.refusedWebhook("cannot be read again", "subscribe", "--url", address, "--secret-file", path+"2")
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, content) {
		t.Errorf("%q, %v", again, err)
	}
}

func TestWebhookMistakesAreExplained(t *testing.T) {
	t.Parallel()
	w := newWebhookWorld(t)
	w.refusedWebhook("url", "subscribe")
	for address, reason := range map[string]string{
		"http://bot.example/linq/webhooks":       "must be an https URL",
		"bot.example/linq/webhooks":              "is no address",
		"https://user:pw@bot.example/":           "no user name, password",
		"https://bot.example/linq/webhooks?a=%z": "query that cannot be read",
	} {
		w.refusedWebhook(reason, "subscribe", "--url", address)
	}
	w.linq.Inject(linqtest.Fault{Op: linqtest.Subscribe, Drop: linqtest.AfterEffect, Times: 1})
	w.refusedWebhook("whose secret nobody knows", "subscribe", "--url", "https://bot.example/linq/webhooks")
	w.linq.Inject(linqtest.Fault{Op: linqtest.Subscribe, WithEffect: true, RawBody: `{"signing_secret":"whsec_x"`, Times: 1})
	w.refusedWebhook("whose secret nobody knows", "subscribe", "--url", "https://second.example/linq/webhooks")

	path := filepath.Join(w.dir, "key")
	if err := os.WriteFile(path, []byte(w.linq.APIKey()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	delete(w.env, "LINQ_API_V3_API_KEY")
	w.refusedWebhook("LINQ_API_V3_API_KEY is missing", "list")
	if out, _ := w.webhook("list"); strings.Contains(out, "SLACK") || strings.Contains(out, "ALLOWED") {
		t.Errorf("it asks for more than it needs:\n%s", out)
	}
	w.env["LINQ_API_V3_API_KEY_FILE"] = path
	w.mustWebhook("list")
}
