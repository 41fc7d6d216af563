package e2e_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"linqbot/bot/slacktest"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// An auditor asks beside the bot that serves, on either store.
func TestAudit(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		env := newEnv(t, linqtest.Config{})
		env.vars["DATABASE_URL"], env.vars["ALLOWED_USERS"] = url, alice
		env.start()
		env.remove(ann)
		env.awaitOutcome("✅")
		env.remove("+14155559999")
		env.awaitOutcome("⛔")
		env.send(slacktest.Command{UserID: bert, ChannelID: channel, Text: env.chat + " " + ann})
		env.send(slacktest.Command{Command: "/linq-chats", UserID: alice, ChannelID: channel, Text: "=sum " + ann})

		table := env.audit()
		for _, want := range []string{"removed", "refused", "denied", alice, bert, "user " + alice, "not named", channel, env.chat, "thread", "+1 ••• ••• 0132", "read", "=sum"} {
			if !strings.Contains(table, want) {
				t.Errorf("no %q in\n%s", want, table)
			}
		}
		if strings.Contains(table, "5550132") {
			t.Errorf("a whole number in\n%s", table)
		}
		if !strings.Contains(env.audit("--full-handles"), ann) {
			t.Error("--full-handles shows no whole number")
		}

		var rows []map[string]any
		for line := range strings.Lines(env.audit("--format", "jsonl")) {
			var row map[string]any
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, row)
		}
		if len(rows) != 4 || rows[0]["state"] != "removed" || rows[2]["state"] != "denied" || rows[3]["state"] != "read" {
			t.Fatalf("rows: %v", rows)
		}
		if traces, _ := rows[0]["trace_ids"].([]any); len(traces) == 0 {
			t.Errorf("no trace ids: %v", rows[0])
		}
		if rows[3]["searched"] != "=sum +1 ••• ••• 0132" || rows[3]["left_out"] != 0.0 || rows[3]["rule"] != "user "+alice {
			t.Errorf("the reading: %v", rows[3])
		}
		records, err := csv.NewReader(strings.NewReader(env.audit("--format", "csv"))).ReadAll()
		if err != nil || len(records) != 5 || records[4][18] != "'=sum +1 ••• ••• 0132" || len(records[0]) != len(rows[0]) {
			t.Errorf("%d records of %d fields, %v", len(records), len(records[0]), err)
		}

		whole, _ := rows[0]["request"].(string)
		short := whole[len(whole)-8:]
		if !strings.Contains(table, short) || !strings.Contains(table, "Spring launch") {
			t.Errorf("no id, or no chat's name, in\n%s", table)
		}
		for flags, want := range map[string]int{
			"--request " + short: 1, "--request " + short[:6]: 1, "--request " + whole: 1, "--request " + strings.ToUpper(short) + " --user " + bert: 0,
			"--user " + bert: 1, "--state refused": 1, "--state read": 1, "--state read --user " + bert: 0, "--handle (415)555-0132": 1, "--chat " + env.chat: 2,
			"--since 1h": 4, "--until 1h": 0, "--since 2001-01-01 --until 2001-01-02": 0,
		} {
			got := strings.Count(env.audit(append(strings.Fields(flags), "--format", "jsonl")...), "\n")
			if got != want {
				t.Errorf("%s: %d rows, want %d", flags, got, want)
			}
		}
	})
}

func TestAuditOfARequestThatIsNotOne(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.start()
	env.remove(ann + ", +14155550133")
	env.awaitOutcome("✅")
	ids := env.audit("--format", "jsonl")
	var row struct{ Request string }
	first, _, _ := strings.Cut(ids, "\n")
	if err := json.Unmarshal([]byte(first), &row); err != nil {
		t.Fatal(err)
	}
	_, said, err := env.run("audit", "--request", row.Request[:4]) // both begin with the same moment
	if err == nil || strings.Count(said, row.Request[:4]) < 3 || !strings.Contains(said, row.Request) || !strings.Contains(said, "so write more of it") {
		t.Errorf("an ambiguous id: %v\n%s", err, said)
	}
	if _, said, err := env.run("audit", "--request", "00000000"); err == nil || !strings.Contains(said, "no request has such an id") {
		t.Errorf("an unknown id: %v\n%s", err, said)
	}
}

func (env *testEnv) audit(flags ...string) string {
	env.t.Helper()
	cmd := env.command(append([]string{"audit"}, flags...)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		env.t.Fatalf("%v: %s", err, said.String())
	}
	return out.String()
}

func TestAuditMistakes(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	for flags, want := range map[string]string{
		"":                               "there is no ledger",
		"--since tomorrow --until later": "--until is no time",
		"--state gone":                   "--state must be one of: asked, accepted",
		"--chat 7 --handle 555-0132":     "--handle cannot be read",
		"--user dana":                    "«Copy member ID»",
		"--user @dana":                   "«Copy member ID»",
		"--user u0123abcd":               "write U0123ABCD",
		"--user C0123ABCD":               "--user is no member id",
		"--chat Spring":                  "/linq-chats in Slack finds it",
		"--since 2999-01-01":             "--since is in the future",
		"--since 1h --until 2h":          "--until must be later than --since",
		"--since 2026-13-45":             "--since is no time",
		"--since -5h":                    "--since is no time",
		"--request 66%":                  "--request is no request's id",
		"--request 668":                  "--request is no request's id",
		"--format pdf":                   "--format must be one of: csv, jsonl, table",
	} {
		said, err := env.command(append([]string{"audit"}, strings.Fields(flags)...)...).CombinedOutput()
		if err == nil || !strings.Contains(string(said), want) {
			t.Errorf("%q: %v\n%s", flags, err, said)
		}
	}
}
