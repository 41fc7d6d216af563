package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

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
	files, err := filepath.Glob(filepath.Join(w.dir, "ledger.db*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	var found []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, content...)
	}
	if !bytes.Contains(found, []byte(ann)) {
		t.Error("not even the handle is in the ledger: this test looks at the wrong place")
	}
	for _, name := range []string{"SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "LINQ_API_V3_API_KEY", "LINQ_WEBHOOK_SECRET"} {
		if bytes.Contains(found, []byte(w.env[name])) {
			t.Errorf("%s is in the ledger", name)
		}
	}
}
