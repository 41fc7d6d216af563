package e2e_test

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// It says where it is in one line, and leads a browser there unless it is told not to.
func TestThePlaygroundOpensABrowser(t *testing.T) {
	t.Parallel()
	for _, noOpen := range []bool{false, true} {
		folder := t.TempDir()
		opened := filepath.Join(folder, "opened")
		for _, program := range []string{"xdg-open", "open"} { // Linux, macOS
			script := "#!/bin/sh\necho \"$1\" > " + opened + ".part && mv " + opened + ".part " + opened + "\n"
			if err := os.WriteFile(filepath.Join(folder, program), []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		args := []string{"--addr", "127.0.0.1:0"}
		if noOpen {
			args = append(args, "--no-open")
		}
		demo := newPlaygroundCommand(t, args...)
		demo.Env = append(demo.Env, "PATH="+folder+":"+os.Getenv("PATH"))
		printed, err := demo.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := demo.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(printed)
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		address := regexp.MustCompile(`http://\S+`).FindString(line)
		for end := time.Now().Add(time.Minute); !noOpen && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if _, err := os.Stat(opened); err == nil {
				break
			}
		}
		var rest strings.Builder
		if err := demo.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(&rest, lines)
		if err := demo.Wait(); err != nil || rest.Len() > 0 {
			t.Errorf("%v; after its line it prints %q", err, rest.String())
		}
		led, _ := os.ReadFile(opened) // nothing, if it was not opened
		if want := map[bool]string{false: address + "\n", true: ""}[noOpen]; string(led) != want {
			t.Errorf("no-open %t: a browser is led to %q, not to %q", noOpen, led, want)
		}
	}
}

func TestThePlaygroundStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"this machine alone":                 {"--addr", "0.0.0.0:0"},
		"has to hold LINQ_API_V3_API_KEY":    {"--no-open", "--linq", "https://linq.example/"},
		"hold DATABASE_URL with a URL that":  {"--no-open", "--postgres"},
		"SLACK_BOT_TOKEN, SLACK_SIGNING_SEC": {"--no-open", "--slack", "https://slack.example/api/"},
	} {
		env := newPlaygroundCommand(t, args...)
		if out, err := env.CombinedOutput(); err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}

// The played Slack with another Linq, and the other way round.
func TestThePlaygroundWithARealSide(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars = map[string]string{"LINQ_API_V3_API_KEY": env.linq.APIKey()}
	p := env.playground("--linq", env.linq.BaseURL()).at(inLaunch)
	p.awaits("Linq is the real one: " + env.linq.BaseURL())
	p.must("say", "text", "/linq-remove "+env.chat+" "+ann)
	p.awaits("0132 has left <strong>Spring launch")
	if env.linq.Effects(env.chat, ann) != 1 {
		t.Error("nobody has left the other Linq")
	}
	p.awaits("Linq is the real one, so this page does not see")
	for _, line := range []string{"signed request: POST /slack/commands", "commits [0-9a-f]{8}: sent, Linq answered 202", "commits [0-9a-f]{8}: removed", "chat.postMessage → ok"} {
		p.awaits(line)
	}

	env = newEnv(t, linqtest.Config{})
	env.vars = map[string]string{
		"SLACK_BOT_TOKEN": env.slack.Config().BotToken, "SLACK_SIGNING_SECRET": env.slack.Config().SigningSecret, "ALLOWED_USERS": alice,
	}
	p = env.playground("--slack", env.slack.APIURL())
	p.awaits("Slack is the real one: " + env.slack.APIURL())
	env.addr = strings.TrimPrefix(p.awaits(`listens on <code>([^<]+)</code>`), "http://")
	env.chat = springLaunch
	env.remove("(415) 555-0132")
	env.awaitOutcome("0132 has left Spring launch")
	p.awaits(`14155550132</span>\s*<small>was removed`)

	// What is known of it here.
	p.awaits("Slack is the real one, so this page does not see")
	for _, line := range []string{
		"commits [0-9a-f]{8}: accepted, ", "answers /slack/commands with 200 in .*, by its log", "commits [0-9a-f]{8}: removed, ",
		"DELETE → 202", "signed webhook: participant.removed", "took the first message: thread", ">" + alice + ": command [0-9a-f]{8}</span> <small>[0-9:]+ · removed",
	} {
		p.awaits(line)
	}
}

// PostgreSQL is lost and comes back. The switch is there only where PostgreSQL is used.
func TestThePlaygroundOnPostgres(t *testing.T) {
	t.Parallel()
	server := ledgertest.Postgres(t)
	if page := newPlayground(t).see(); strings.Contains(page, "postgres-lost") {
		t.Error("the switch is there with SQLite")
	}
	env := newEnv(t, linqtest.Config{})
	env.vars = map[string]string{"DATABASE_URL": server}
	p := env.playground("--postgres").at(inLaunch)
	p.must("say", "text", "/linq-remove "+springLaunch+" (415) 555-0132")
	p.awaits("0132 has left <strong>Spring launch")
	p.awaits("commits the end of [0-9a-f]+: removed")

	p.must("trouble", "name", "postgres-lost", "on", "true")
	p.awaits(`aria-checked="true" class="switch" name="name" value="postgres-lost"`)
	p.must("say", "text", "/linq-remove "+springLaunch+" +14155550143")
	p.awaits("could not be recorded|not recorded")
	p.must("trouble", "name", "postgres-lost", "on", "false")
	p.must("say", "text", "/linq-remove "+springLaunch+" +14155550165")
	p.awaits("0165 has left <strong>Spring launch")
}
