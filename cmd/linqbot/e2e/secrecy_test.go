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

// Whoever gets hold of the ledger's file cannot act with it in linqbot's name.
func TestNoSecretIsInTheLedger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	w.env["LINQ_WEBHOOK_SECRET"] = w.linq.AddSubscription(linqtest.Subscription{TargetURL: "http://" + w.addr + "/linq/webhooks"}).Secret
	b := w.start()
	w.remove(ann)
	w.awaitOutcome("✅")
	b.kill() // with the newest data still in the write-ahead log
	found := w.ledgerFiles()
	if !bytes.Contains(found, []byte(ann)) {
		t.Error("not even the handle is in the ledger: this test looks at the wrong place")
	}
	for _, name := range secretNames() {
		if bytes.Contains(found, []byte(w.env[name])) {
			t.Errorf("%s is in the ledger", name)
		}
	}
}

func secretNames() []string {
	return []string{"SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "LINQ_API_V3_API_KEY", "LINQ_WEBHOOK_SECRET"}
}

// ledgerFiles are the ledger as it is on disk.
func (w *world) ledgerFiles() []byte {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "ledger.db*"))
	if err != nil || len(files) < 2 {
		w.t.Fatalf("%v, %v", files, err)
	}
	var found []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			w.t.Fatal(err)
		}
		found = append(found, content...)
	}
	return found
}

// A Linq that repeats our secrets in its errors finds none of them in the log, the ledger or Slack.
func TestSecretsThatComeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	w.env["LINQ_WEBHOOK_SECRET"] = w.linq.AddSubscription(linqtest.Subscription{TargetURL: "http://" + w.addr + "/linq/webhooks"}).Secret
	var all strings.Builder
	for _, name := range secretNames() {
		fmt.Fprintf(&all, "%s %s ", name, w.env[name])
	}
	said := all.String()
	w.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Times: 1, Status: 500, Code: 4712, Message: said})
	w.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Status: 403, Code: 4711, Message: "refused: " + said})
	w.linq.Inject(linqtest.Fault{Op: linqtest.ListChats, Status: 403, Code: 4711, Message: said})
	b := w.start()
	w.remove(ann)
	w.awaitOutcome("refused:")
	w.send(slacktest.Command{UserID: alice, ChannelID: channel, Command: "/linq-chats", Text: "spring"})
	b.kill()
	for where, text := range map[string]string{
		"the log": b.logs.String(), "the ledger": string(w.ledgerFiles()), "Slack": w.slack.Screen(channel, alice),
	} {
		for _, name := range secretNames() {
			if strings.Contains(text, w.env[name]) {
				t.Errorf("%s is in %s", name, where)
			}
		}
	}
	if !bytes.Contains(w.ledgerFiles(), []byte("[redacted]")) {
		t.Error("what Linq said is not in the ledger: this test looks at the wrong place")
	}
}
