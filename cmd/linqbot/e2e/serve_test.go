package e2e_test

import (
	"context"
	"database/sql"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

func TestARemoval(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{EffectDelay: 500 * time.Millisecond})
	env.firstStart = true
	b := env.start()
	ack := env.remove("(415) 555-0132")
	if ack.ResponseType != "ephemeral" || !strings.Contains(ack.Text, "+1 415-555-0132") {
		t.Errorf("ack: %s %q", ack.ResponseType, ack.Text)
	}
	env.awaitOutcome("✅ +1 ••• ••• 0132 has left Spring launch; 10 people stay.")
	if got := env.linq.Deletes(env.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
	if parents, outcomes := env.parents(), env.outcomes(); len(parents) != 1 || len(outcomes) != 1 || outcomes[0].ThreadTS != parents[0].TS {
		t.Errorf("%d parents, %d replies", len(parents), len(outcomes))
	}
	for _, m := range append(env.parents(), env.outcomes()...) {
		if m.Edits != 0 || !strings.HasPrefix(m.Rendered, "✅") {
			t.Errorf("the first word did not wait for the outcome: %d edits, %s", m.Edits, m.Rendered)
		}
	}
	env.nothingLeaked(b)
}

// nothingLeaked looks for what must not be in a log or in front of a channel.
func (env *testEnv) nothingLeaked(b *botProcess) {
	env.t.Helper()
	for _, secret := range []string{
		"4155550132", "415-555-0132", "555-0132", env.vars["SLACK_SIGNING_SECRET"], env.vars["SLACK_BOT_TOKEN"],
		env.vars["LINQ_API_V3_API_KEY"], "/response/",
	} {
		if strings.Contains(b.Logs.String(), secret) {
			env.t.Errorf("the log holds %q", secret)
		}
		for _, m := range env.slack.Messages(channel) {
			if strings.Contains(m.Text+string(m.Blocks), secret) {
				env.t.Errorf("the channel shows %q: %s", secret, m.Text)
			}
		}
	}
	if pings, violations := env.slack.Pings(), env.slack.Violations(); len(pings)+len(violations) > 0 {
		env.t.Errorf("pings %v, violations %v", pings, violations)
	}
}

func TestOneDeliveryManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{EffectDelay: 300 * time.Millisecond})
	env.start()
	command := slacktest.Command{UserID: alice, ChannelID: channel, Text: env.chat + " " + ann, TriggerID: env.slack.NewTriggerID(alice)}
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() { env.send(command) })
	}
	all.Wait()
	env.awaitOutcome("✅")
	if got := env.linq.Deletes(env.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
	if got := len(env.parents()); got != 1 {
		t.Errorf("%d threads", got)
	}
}

func TestTwentyPeopleAtOnce(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{EffectDelay: linqtest.OnSettle})
	env.start()
	env.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: "help"})
	var all sync.WaitGroup
	acks := make([]slacktest.Ack, 20)
	for i := range acks {
		all.Go(func() {
			acks[i] = env.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: env.chat + " " + ann})
		})
	}
	all.Wait()
	underWay := 0
	for _, ack := range acks {
		if strings.Contains(ack.Text, "already under way") {
			underWay++
		}
	}
	if underWay != 19 {
		t.Errorf("%d of 20 were told that it is under way", underWay)
	}
	env.awaitOutcome("⏳")
	late := env.send(slacktest.Command{UserID: bert, ChannelID: channel, Text: env.chat + " " + ann})
	if !strings.Contains(late.Text, "@Alice") || !strings.Contains(string(late.Body), "https://acme.slack.com/archives/"+channel+"/p") {
		t.Errorf("a late one is told: %s\n%s", late.Text, late.Body)
	}
	env.linq.Settle()
	env.awaitOutcome("✅")
	if got := env.linq.Deletes(env.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
}

// With Linq and Slack stalled for longer than the test runs, every ack arrives nevertheless.
func TestAcksWaitForNobody(t *testing.T) {
	t.Parallel()
	const stall = 2 * time.Minute
	env := newEnv(t, linqtest.Config{})
	env.vars["SLACK_TEAM_IDS"] = env.slack.Config().TeamID
	env.slack.Inject(slacktest.Fault{Delay: stall})
	env.linq.Inject(linqtest.Fault{Delay: stall})
	env.start()
	for _, number := range numbers(132, 10) {
		if ack := env.remove(number); !strings.Contains(ack.Text, "is recorded") {
			t.Fatalf("ack: %s", ack.Text)
		}
	}
}

// drainSoon is long enough to look at a bot that drains, and less than a drain may take.
const drainSoon = 5 * time.Second

func TestDraining(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	b := env.start()
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: drainSoon})
	env.remove(ann)
	env.await("the DELETE", func() bool { return env.linq.Deletes(env.chat, ann) == 1 })
	b.terminate()
	env.await("not to be ready", func() bool { return b.get("/readyz") == http.StatusServiceUnavailable })
	if got := b.get("/healthz"); got != http.StatusOK {
		t.Errorf("healthz %d while draining", got)
	}
	if ack := env.remove("+14155550133"); !strings.Contains(ack.Text, "is recorded") {
		t.Errorf("while draining: %s", ack.Text)
	}
	<-b.Done
	if code := b.Cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit %d", code)
	}
	if got := env.linq.Deletes(env.chat, "+14155550133"); got != 0 {
		t.Errorf("a draining bot took new work")
	}
	env.start()
	env.awaitOutcome("+1 ••• ••• 0132 has left")
	env.awaitOutcome("+1 ••• ••• 0133 has left")
	if got := env.linq.Deletes(env.chat, ann); got != 1 {
		t.Errorf("%d DELETEs of what was under way", got)
	}
}

// A DELETE that outlasts the drain is handed back, and settled by the next process.
func TestDrainingHandsBack(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	b := env.start()
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: time.Minute})
	env.remove(ann)
	env.await("the DELETE", func() bool { return env.linq.Deletes(env.chat, ann) == 1 })
	b.terminate()
	<-b.Done
	if code := b.Cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit %d", code)
	}
	env.start()
	env.awaitOutcome("✅")
	if got := env.linq.Deletes(env.chat, ann); got != 1 {
		t.Errorf("%d DELETEs", got)
	}
}

func TestALedgerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	b := env.start()
	env.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: "help"})
	db, err := sql.Open("sqlite", "file:"+filepath.Join(env.dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	env.await("the file to be ours", func() bool {
		_, err := conn.ExecContext(t.Context(), "BEGIN EXCLUSIVE")
		return err == nil
	})
	if ack := env.remove(ann); !strings.Contains(ack.Text, "not recorded and nothing was done") {
		t.Errorf("ack: %s", ack.Text)
	}
	if got := b.get("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("readyz %d", got)
	}
	if _, err := conn.ExecContext(context.WithoutCancel(t.Context()), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	env.await("the bot to be ready again", func() bool { return b.get("/readyz") == http.StatusOK })
	if got := env.linq.Deletes(env.chat, ann); got != 0 {
		t.Errorf("what was refused was done: %d DELETEs", got)
	}
	env.remove(ann)
	env.awaitOutcome("✅")
}

func TestAStartWhileSlackIsOut(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	b := env.start()
	env.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: "help"}) // the team is learned and kept
	b.Kill()
	env.slack.Inject(slacktest.Fault{Status: http.StatusServiceUnavailable})
	env.start()
	ack, err := env.slack.Send(t.Context(), "http://"+env.addr, slacktest.Command{UserID: alice, ChannelID: channel, Text: env.chat + " " + ann})
	if err != nil || !strings.Contains(ack.Text, "is recorded") {
		t.Fatalf("during the outage: %v %s", err, ack.Text)
	}
	env.await("the removal", func() bool { return env.linq.Effects(env.chat, ann) == 1 })
	env.slack.ClearFaults()
	env.awaitOutcome("✅")
}
