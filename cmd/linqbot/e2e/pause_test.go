package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// body returns what an address of this machine answers.
func body(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	assert.NilError(t, err)
	answer, err := http.DefaultClient.Do(request)
	assert.NilError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	assert.NilError(t, err)
	return string(text)
}

// must runs linqbot, and returns what it prints.
func (env *testEnv) must(args ...string) string {
	env.t.Helper()
	out, err := env.runAll(args...)
	assert.NilError(env.t, err, out)
	return out
}

// An operator pauses removals beside a bot that serves from an SQLite file, and resumes them: what was asked for
// meanwhile is kept, says why it waits, and is done afterwards by itself.
func TestPauseAndResumeBesideTheOwnerOfAFile(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	admin := freeAddr(t)
	env.vars["ADMIN_ADDR"] = admin
	env.start()
	assert.Assert(t, strings.Contains(env.must("resume"), "removals were not paused"))
	said, err := env.runAll("pause")
	assert.Assert(t, err != nil && strings.Contains(said, "--reason is missing"), said)
	said, err = env.runAll("pause", "--reason", strings.Repeat("x", 201))
	assert.Assert(t, err != nil && strings.Contains(said, "--reason is too long"), said)
	assert.Assert(t, strings.Contains(env.must("pause", "--reason", "wrong list", "--as", "Olga"), "All removals are paused"))
	said = env.must("pause", "--reason", "another one")
	assert.Assert(t, strings.Contains(said, "Nothing was changed") && strings.Contains(said, "Olga") && strings.Contains(said, "wrong list"), said)
	time.Sleep(time.Second) // within which it holds everywhere

	ack := env.remove(ann)
	assert.Assert(t, strings.Contains(ack.Text, "is recorded") && strings.Contains(ack.Text, "Olga") && strings.Contains(ack.Text, "wrong list"), ack.Text)
	env.awaitOutcome("is recorded, and waits. Removals are paused")
	assert.Equal(t, env.linq.Deletes(env.chat, ann), 0)
	ready := body(t, "http://"+env.addr+"/readyz")
	assert.Assert(t, strings.HasPrefix(ready, "ready; all removals are paused since"), ready)
	assert.Assert(t, strings.Contains(body(t, "http://"+admin+"/metrics"), "linqbot_removals_paused 1"))
	diagnosis, _ := env.runAll("doctor")
	assert.Assert(t, strings.Contains(diagnosis, "! removals: Removals are paused") && strings.Contains(diagnosis, "wrong list"), diagnosis)

	said = env.must("resume", "--as", "Oskar")
	assert.Assert(t, strings.Contains(said, "Removals go on") && strings.Contains(said, "Olga"), said)
	env.awaitOutcome("✅")
	assert.Equal(t, env.linq.Effects(env.chat, ann), 1)
	assert.Assert(t, strings.Contains(body(t, "http://"+admin+"/metrics"), "linqbot_removals_paused 0"))
	assert.Equal(t, strings.TrimSpace(body(t, "http://"+env.addr+"/readyz")), "ready")

	var rows []string
	for line := range strings.Lines(env.must("audit", "--format", "jsonl")) {
		var row struct{ State, Rule, Source, Reason string }
		assert.NilError(t, json.Unmarshal([]byte(line), &row))
		rows = append(rows, row.State+", "+row.Rule+", "+row.Source+", "+row.Reason)
	}
	assert.DeepEqual(t, rows[:2], []string{"paused, operator Olga, operator, wrong list", "removed, everyone, command, seen_gone"})
	assert.Equal(t, rows[2], "resumed, operator Oskar, operator, ")
}

// A pause that one replica is told of holds in the other within a second, and what waits in both goes on after it.
func TestAPauseHoldsInEachReplica(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["DATABASE_URL"] = ledgertest.Postgres(t)
	env.vars["ADMINS"] = alice
	env.start()
	other := freeAddr(t)
	env.startBeside(other)
	env.must("pause", "--reason", "wrong list", "--as", "Olga")
	time.Sleep(time.Second)
	people := numbers(132, 6)
	for i, person := range people {
		ack, err := env.slack.Send(t.Context(), "http://"+[]string{env.addr, other}[i%2], slacktest.Command{UserID: alice, ChannelID: channel, Text: env.chat + " " + person})
		assert.NilError(t, err)
		assert.Assert(t, strings.Contains(ack.Text, "Removals are paused"), ack.Text)
	}
	time.Sleep(3 * time.Second) // several sweeps
	for _, person := range people {
		assert.Equal(t, env.linq.Deletes(env.chat, person), 0)
	}
	_, err := env.slack.OpenHome(t.Context(), "http://"+other, alice)
	assert.NilError(t, err)
	env.await("the switch at home", func() bool { return strings.Contains(env.slack.Home(alice), "Resume removals") })
	_, err = env.slack.PressHome(t.Context(), "http://"+other, alice, "resume_removals", "")
	assert.NilError(t, err)
	for i, person := range people {
		env.awaitOutcome(fmt.Sprintf("✅ +1 ••• ••• 0%d ", 132+i))
		assert.Equal(t, env.linq.Effects(env.chat, person), 1)
	}
}

// The limits and the protected people come from the settings, and change with them.
func TestRailsOfTheSettings(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	write := env.inFile("PROTECTED_HANDLES", "(415) 555-0132")
	limit := env.inFile("MAX_REMOVALS_PER_HOUR", "1")
	b := env.start()
	ack := env.remove(ann)
	assert.Assert(t, strings.Contains(ack.Text, "linqbot never removes"), ack.Text)
	env.remove("+14155550133")
	env.awaitOutcome("✅ +1 ••• ••• 0133 ")
	ack = env.remove("+14155550134")
	assert.Assert(t, strings.Contains(ack.Text, "as many as one person may") && strings.Contains(ack.Text, "possible again at"), ack.Text)
	write("+14155550135")
	limit("off")
	b.hangUp(env, "and are in force")
	assert.Assert(t, !strings.Contains(b.Logs.String(), "+14155550135"))
	env.remove(ann)
	env.awaitOutcome("✅ +1 ••• ••• 0132 ")
	assert.Equal(t, env.linq.Deletes(env.chat, "+14155550134"), 0)
	diagnosis, _ := env.runAll("doctor")
	assert.Assert(t, strings.Contains(diagnosis, "rails: protected: [+1 ••• ••• 0135]; any number an hour for each person"), diagnosis)
	denied := env.must("audit", "--state", "denied", "--format", "csv")
	assert.Assert(t, strings.Contains(denied, "protected handle") && strings.Contains(denied, "limit of an hour"), denied)
}
