package e2e_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"linqbot/linq/linqtest"
)

func TestTheDemoEndsByItself(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	clear(env.vars) // nothing to set up
	out, err := env.command("demo").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, sentence := range []string{
		"✅ +1 ••• ••• 0132 has left Spring launch",
		"⛔ @Dana: +1 ••• ••• 0199 is not in Spring launch",
		"✅ +1 ••• ••• 0143 has left Spring launch",
		"To get a thread next time, invite it",
		"kill -9",
		"✅ +44 ••• ••• 0321 has left Spring launch",
		"Asked for by a workflow, which names @Dana",
		"The workflow went on with: status removed",
		"✅ +1 ••• ••• 0165 has left Spring launch",
		"✅ +1 ••• ••• 0132 is back in Spring launch",
		"✅ @Dana asked to remove +1 ••• ••• 0190 from 9 chats. It is done: 9 removed.",
	} {
		if !strings.Contains(string(out), sentence) {
			t.Errorf("the demo does not show %q:\n%s", sentence, out)
		}
	}
	for _, count := range regexp.MustCompile(`(?m)^   \S+ +\d +(\d)$`).FindAllStringSubmatch(string(out), -1) {
		if count[1] != "1" && !strings.HasPrefix(strings.TrimSpace(count[0]), "+12125550199") {
			t.Errorf("not once: %s", count[0])
		}
	}
}

// The reader of the story may go, as head does. Nothing is left running then, and no ledger.
func TestTheDemoEndsWithItsReader(t *testing.T) {
	t.Parallel()
	demo := newPlaygroundCommand(t, "--story")
	folder := t.TempDir()
	demo.Env = append(demo.Env, "TMPDIR="+folder)
	printed, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(printed).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := printed.Close(); err != nil {
		t.Fatal(err)
	}
	if err := demo.Wait(); err == nil {
		t.Error("a story that nobody read to its end is a success")
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%v are left: %v", left, err)
	}
}

// What --keep prints is ready to be pasted.
func TestTheDemoCanBeKeptAndTried(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	clear(env.vars)
	kept := env.command("demo", "--keep")
	printed, err := kept.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(printed)
	awaitLine := func(pattern string) []string {
		t.Helper()
		sought := regexp.MustCompile(pattern)
		for lines.Scan() {
			if match := sought.FindStringSubmatch(lines.Text()); match != nil {
				return match
			}
		}
		t.Fatalf("no line like %s", pattern)
		return nil
	}
	for _, name := range []string{"Bot", "Slack", "Linq"} {
		awaitLine(`^   ` + name + ` +http://127\.0\.0\.1:\d+`)
	}
	send := awaitLine(`^   linqbot (send '/linq-remove [^']+') (--bot \S+) (--secret \S+)$`)
	sender := env.command("send", strings.Trim(strings.TrimPrefix(send[1], "send "), "'"))
	sender.Args = append(sender.Args, append(strings.Fields(send[2]), strings.Fields(send[3])...)...)
	if said, err := sender.CombinedOutput(); err != nil || !strings.Contains(string(said), "+1 415-555-0177") {
		t.Errorf("send: %v\n%s", err, said)
	}
	awaitLine(`✅ \+1 ••• ••• 0177 has left Spring launch`)
	endAndDrain(t, kept, printed)
}

func endAndDrain(t *testing.T, cmd *exec.Cmd, printed io.Reader) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, printed) // until it ends
	if err := cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C: %v", err)
	}
}

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	if err := env.command("healthcheck").Run(); err == nil {
		t.Error("healthy without a bot")
	}
	env.start()
	if out, err := env.command("healthcheck").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAWrongEnvironmentIsExplained(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	clear(env.vars)
	out, err := env.command("serve").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "SLACK_SIGNING_SECRET is missing") || strings.Contains(string(out), "goroutine") {
		t.Errorf("%v\n%s", err, out)
	}
}
