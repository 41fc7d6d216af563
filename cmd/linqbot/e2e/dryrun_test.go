package e2e_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// dry types a command that is to do nothing, and checks the answer.
func (env *testEnv) dry(command, text string, says ...string) {
	env.t.Helper()
	ack := env.send(slacktest.Command{UserID: alice, ChannelID: channel, Command: command, Text: text})
	for _, words := range says {
		if !strings.Contains(ack.Text, words) {
			env.t.Errorf("%s %s is answered without %q: %s", command, text, words, ack.Text)
		}
	}
}

// changes counts the calls that change a chat.
func (env *testEnv) changes() (n int) {
	for _, call := range env.linq.Calls() {
		if call.Op == linqtest.Remove || call.Op == linqtest.Add {
			n++
		}
	}
	return n
}

// auditRows are the rows of the audit.
func (env *testEnv) auditRows(flags ...string) (rows []map[string]any) {
	env.t.Helper()
	for line := range strings.Lines(env.audit(append(flags, "--format", "jsonl")...)) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			env.t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		env := newEnv(t, linqtest.Config{})
		env.vars["DATABASE_URL"], env.vars["ALLOW_ADDING"], env.vars["CONFIRM_REMOVALS"] = url, "true", "true"
		env.vars["ADMIN_ADDR"] = freeAddr(t)
		b := env.start()

		const nothing = "Nothing was done: nothing was sent to Linq"
		env.dry("/linq-remove", "--dry-run "+env.chat+" (415) 555-0132 because they left the firm",
			"A dry run of removing +1 415-555-0132 from Spring launch", "would stay", "they left the firm", nothing)
		env.dry("/linq-remove", env.chat+" +14155559999 —dry-run", "+1 415-555-9999 is not in this chat", nothing)
		env.dry("/linq-add", "–dry-run "+env.chat+" "+eve, "A dry run of adding +1 415-555-0177 to Spring launch", nothing)
		env.deliver(env.stepEvent("Fx1", map[string]any{"chat_id": env.chat, "handle": ann, "dry_run": true, "reason": "Lost phone", "channel_id": channel}))
		e := env.awaitExecution("Fx1")
		if want := "A dry run, so nothing was done: linqbot would ask Linq to remove +1 ••• ••• 0132 from Spring launch."; e.Status != slacktest.Completed ||
			e.Outputs["status"] != "dry_run" || e.Outputs["message"] != want {
			t.Errorf("%+v", e)
		}
		env.dry("/linq-offboard", "--dry-run "+ann, "the proposal follows here")
		private := env.awaitPrivate(alice, "This was a dry run")
		if strings.Contains(string(private.Blocks), "confirm_batch") {
			t.Errorf("it asks: %s", private.Blocks)
		}

		for text, says := range map[string]string{
			env.chat + " " + ann + " --dry": "letters beside a number", "--dry-run": "Usage: /linq-remove", "--dry-run " + env.chat: "The person is missing",
			"--dry-run Spring launch " + ann:  "/linq-remove --dry-run " + env.chat + " +1 415-555-0132",
			env.chat + " " + ann + " because": "Nothing follows the word", env.chat + " " + ann + " because " + strings.Repeat("x", 301): "at most 300",
		} {
			env.dry("/linq-remove", text, says)
		}
		env.deliver(env.stepEvent("Fx2", map[string]any{"chat_id": env.chat, "handle": ann, "dry_run": "yes"}))
		if e := env.awaitExecution("Fx2"); e.Status != slacktest.Failed || !strings.Contains(e.Error, "dry_run is neither true nor false") {
			t.Errorf("%+v", e)
		}

		if n := env.changes(); n != 0 {
			t.Errorf("%d calls changed a chat", n)
		}
		if posted := env.slack.Messages(channel); len(posted) != 0 {
			t.Errorf("posted: %v", posted)
		}
		var got []string
		for _, row := range env.auditRows("--state", "dry_run") {
			got = append(got, strings.Join([]string{row["kind"].(string), row["source"].(string), row["handle"].(string), row["reason"].(string), row["because"].(string)}, "|"))
		}
		want := []string{
			"remove|command|+1 ••• ••• 0132||they left the firm", "remove|command|+1 ••• ••• 9999|not_in_chat|", "add|command|+1 ••• ••• 0177||",
			"remove|workflow|+1 ••• ••• 0132||Lost phone", "remove|command|+1 ••• ••• 0132||",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("the audit has\n%s", strings.Join(got, "\n"))
		}
		env.awaitMetrics(`linqbot_requests_ended_total{kind="remove",state="dry_run"} 3`)
		env.openHome()
		env.awaitHome("has no requests of yours on record")
		env.nothingLeaked(b)
	})
}

func TestReason(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		env := newEnv(t, linqtest.Config{EffectDelay: 200 * time.Millisecond})
		env.vars["DATABASE_URL"] = url
		b := env.start()
		env.remove(ann + " BECAUSE <!channel> they left, says +1 (415) 555-0199")
		env.awaitOutcome("✅")
		if parent := env.parents()[0].Rendered; !strings.Contains(parent, "Reason: ") || !strings.Contains(parent, "they left, says +1 ••• ••• 0199") {
			t.Error(parent)
		}
		env.remove("+14155550133")
		env.awaitOutcome("0133 has left")
		rows := env.auditRows("--reason", "THEY LEFT")
		if len(rows) != 1 || rows[0]["because"] != "<!channel> they left, says +1 ••• ••• 0199" || rows[0]["state"] != "removed" {
			t.Errorf("%v", rows)
		}
		if rows := env.auditRows("--reason", "firm"); len(rows) != 0 {
			t.Errorf("%v", rows)
		}
		if full := env.auditRows("--reason", "says", "--full-handles"); len(full) != 1 || full[0]["because"] != "<!channel> they left, says +1 (415) 555-0199" {
			t.Errorf("%v", full)
		}
		if out, err := env.runAll("audit", "--reason", " "); err == nil || !strings.Contains(out, "--reason") {
			t.Errorf("%v %s", err, out)
		}
		if logged := b.Logs.String(); strings.Contains(logged, "they left") || strings.Contains(logged, "555-0199") {
			t.Errorf("the log has the reason:\n%s", logged)
		}
		env.nothingLeaked(b)
	})
}
