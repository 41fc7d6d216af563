package e2e_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// Somebody who gets hold of the ledger's file cannot act with it in linqbot's name.
func TestNoSecretIsInTheLedger(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["LINQ_WEBHOOK_SECRET"] = env.linq.AddSubscription(linqtest.Subscription{TargetURL: "http://" + env.addr + "/linq/webhooks"}).Secret
	b := env.start()
	env.remove(ann)
	env.awaitOutcome("✅")
	b.Kill() // with the newest data still in the write-ahead log
	found := env.ledgerFiles()
	if !bytes.Contains(found, []byte(ann)) {
		t.Error("not even the handle is in the ledger: this test looks at the wrong place")
	}
	for _, name := range secretNames() {
		if bytes.Contains(found, []byte(env.vars[name])) {
			t.Errorf("%s is in the ledger", name)
		}
	}
}

func secretNames() []string {
	return []string{"SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "LINQ_API_V3_API_KEY", "LINQ_WEBHOOK_SECRET"}
}

// ledgerFiles are the ledger as it is on disk.
func (env *testEnv) ledgerFiles() []byte {
	env.t.Helper()
	files, err := filepath.Glob(filepath.Join(env.dir, "ledger.db*"))
	if err != nil || len(files) < 2 {
		env.t.Fatalf("%v, %v", files, err)
	}
	var found []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			env.t.Fatal(err)
		}
		found = append(found, content...)
	}
	return found
}

// A Linq that repeats our secrets in its errors finds none of them in the log, the ledger or Slack.
func TestSecretsThatComeBack(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["LINQ_WEBHOOK_SECRET"] = env.linq.AddSubscription(linqtest.Subscription{TargetURL: "http://" + env.addr + "/linq/webhooks"}).Secret
	var all strings.Builder
	for _, name := range secretNames() {
		fmt.Fprintf(&all, "%s %s ", name, env.vars[name])
	}
	said := all.String()
	env.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Times: 1, Status: 500, Code: 4712, Message: said})
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Status: 403, Code: 4711, Message: "refused: " + said})
	env.linq.Inject(linqtest.Fault{Op: linqtest.ListChats, Status: 403, Code: 4711, Message: said})
	b := env.start()
	env.remove(ann)
	env.awaitOutcome("refused:")
	env.send(slacktest.Command{UserID: alice, ChannelID: channel, Command: "/linq-chats", Text: "spring"})
	b.Kill()
	for where, text := range map[string]string{
		"the log": b.Logs.String(), "the ledger": string(env.ledgerFiles()), "Slack": env.slack.Screen(channel, alice),
	} {
		for _, name := range secretNames() {
			if strings.Contains(text, env.vars[name]) {
				t.Errorf("%s is in %s", name, where)
			}
		}
	}
	if !bytes.Contains(env.ledgerFiles(), []byte("[redacted]")) {
		t.Error("what Linq said is not in the ledger: this test looks at the wrong place")
	}
}
