package e2e_test

import (
	"bufio"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

const (
	springLaunch  = "5f0c7a52-6d1e-4b7e-9a53-0c2f6f2b1d01"
	autumnRetreat = "7b1d93e4-2c55-4f0a-8f7e-55d0a6c4e202"
	inLaunch      = "as=U0DANA&in=C0LAUNCH"
)

// One does in the page what people do in Slack, and sees there what they would see.
func TestThePlayground(t *testing.T) {
	t.Parallel()
	p := newPlayground(t).at(inLaunch)

	// What others said in another channel is unread until it is opened.
	p.awaits(`with-globex <b class="unread">1`)
	p.at("as=U0DANA&in=C0GLOBEX").awaits("Hello from Globex")
	if page := p.at(inLaunch).see(); strings.Contains(page, `class="unread"`) {
		t.Error("what has been opened is still unread")
	}

	// The main job, seen in the thread, at Linq and in the time line.
	p.must("say", "text", "/linq-remove "+springLaunch+" (415) 555-0132")
	thread := p.awaits(`0132 has left <strong>Spring launch</strong>[\s\S]*?thread=([0-9.]+)`)
	p.awaits(`14155550132</span>\s*<small>was removed`)
	p.at(inLaunch + "&thread=" + thread)
	for _, line := range []string{
		"signed request: POST /slack/commands", "answers 200 in", "commits request", "DELETE → 202", "signed webhook: participant.removed",
		"commits the end of [0-9a-f]+: removed", "chat.postMessage → ok", "X-Slack-Signature: v0=",
	} {
		p.awaits(line)
	}

	// Taken back.
	ts := p.awaits(`[\s\S]*id="m-t-([0-9.]+)"[\s\S]*?add_back`)
	press := p.awaits(`name="press" value="([^"]*add_back[^"]*)"`)
	p.must("press", "ts", ts, "press", press)
	p.awaits("0132 is back in <strong>Spring launch")

	// Mistakes are explained.
	p.must("say", "where", "thread", "text", "/linq-remove x")
	p.awaits("is not supported in threads")
	p.at(inLaunch)
	p.must("say", "text", "/linq-dance")
	p.awaits("is not a valid command")
	p.must("say", "text", "/linq-remove "+springLaunch+" +1 212 555 0199")
	p.awaits("0199 from <strong>Spring launch</strong> was refused")

	// People who may not.
	p.at("as=U0RAVI&in=C0LAUNCH").must("say", "text", "/linq-remove "+springLaunch+" +14155550143")
	p.awaits("You may not remove people")
	p.at("as=U0GIA&in=C0GLOBEX").must("say", "text", "/linq-remove "+springLaunch+" +14155550143")
	p.awaits("You may not remove people")
	if page := p.at("as=U0GIA&in=C0BOARD").see(); strings.Contains(page, "C0BOARD") {
		t.Error("a guest sees a channel that they are not in")
	}

	// Where linqbot may not post, the outcome comes to Dana alone.
	p.at("as=U0DANA&in=C0BOARD").must("say", "text", "/linq-remove "+springLaunch+" sam@example.com")
	p.awaits("example.com has left <strong>Spring launch")
	p.must("say", "text", "/invite @linqbot")
	p.awaits("linqbot is in this channel now")
}

// The form, its search, and what is wrong in it.
func TestThePlaygroundsForms(t *testing.T) {
	t.Parallel()
	p := newPlayground(t).at(inLaunch)
	p.must("shortcut", "callback", "remove")
	view := p.awaits(`name="view" value="([^"]+)"`)
	p.must("submit", "view", view)
	p.awaits("Please complete this required field")
	status, options := p.post("/suggest", "view", view, "block", "chat", "action", "chat", "q", "autumn")
	if status != http.StatusOK || !strings.Contains(options, `data-value="`+autumnRetreat+`"`) || strings.Contains(options, "Spring") {
		t.Fatalf("%d %s", status, options)
	}
	if notice := p.does("choose", "view", view, "block", "chat", "action", "chat", "value", "made-up"); notice == "" {
		t.Error("an option is taken that was not offered")
	}
	p.must("choose", "view", view, "block", "chat", "action", "chat", "value", autumnRetreat)
	p.awaits("People to remove")
	p.must("choose", "view", view, "block", "people-"+autumnRetreat, "action", "people", "value", "noor@example.com")
	p.must("submit", "view", view)
	p.at("as=U0DANA&in=home").must("home")
	p.awaits("example.com has left <strong>Autumn retreat")

	// A message's menu, and a Home tab's button.
	press := p.awaits(`name="press" value="([^"]*remove_someone[^"]*)"`)
	p.must("press-home", "press", press)
	p.must("close", "view", p.awaits(`name="view" value="([^"]+)"`))
	ts := p.at(inLaunch).awaits(`id="m-([0-9.]+)"`)
	p.must("message-shortcut", "callback", "remove_from_chat", "ts", ts)
	p.awaits("The message names")
	closed := p.awaits(`name="view" value="([^"]+)"`)
	p.must("close", "view", closed)
	if status, _ := p.post("/suggest", "view", closed, "block", "chat", "action", "chat", "q", "a"); status != http.StatusNoContent {
		t.Errorf("a search that comes after the form was closed: %d", status)
	}

	// A workflow's step.
	if notice := p.does("step", "callback", "remove_participant", "input:handle", "+14155550154"); !strings.Contains(notice, "missing") {
		t.Errorf("a step without a chat: %s", notice)
	}
	p.must("step", "callback", "remove_participant", "input:chat_id", autumnRetreat, "input:handle", "+14155550132", "input:channel_id", "C0LAUNCH", "starter", "message_ts")
	p.awaits(`state completed[\s\S]*?<dd>removed</dd>`)
	p.awaits("1 reply")
}

// A removal outlives a kill, and people see what Slack shows meanwhile.
func TestThePlaygroundsTrouble(t *testing.T) {
	t.Parallel()
	p := newPlayground(t).at(inLaunch)
	p.must("trouble", "name", "linq-500", "on", "true")
	p.must("say", "text", "/linq-remove "+springLaunch+" +14155550143")
	p.awaits("DELETE → 500")
	p.does("bot", "do", "kill")
	p.awaits("state stopped")
	p.must("say", "text", "/linq-chats")
	p.awaits("failed with the error &#34;dispatch_failed&#34;")
	p.must("trouble", "name", "linq-500", "on", "false")
	p.does("bot", "do", "start")
	p.awaits("0143 has left <strong>Spring launch")

	p.does("bot", "do", "freeze")
	p.awaits("state frozen")
	p.does("bot", "do", "thaw")
	p.awaits("state running")
	p.does("setting", "name", "CONFIRM_REMOVALS", "on", "true")
	p.must("say", "text", "/linq-remove "+springLaunch+" +14155550165")
	p.awaits("Nothing is removed unless you choose Remove")
	press := p.awaits(`name="press" value="([^"]*confirm_removal[^"]*)"`)
	ts := p.awaits(`[\s\S]*id="m-([0-9.]+)"[\s\S]*?confirm_removal`)
	p.must("press", "ts", ts, "press", press)
	p.awaits("0165 has left <strong>Spring launch")
	p.must("leave", "chat", springLaunch, "handle", "+14155550177")
	p.awaits(`14155550177</span>\s*<small>left`)
	if notice := p.does("reset"); !strings.Contains(notice, "back") {
		t.Error(notice)
	}
}

// Panes arrive as they are, and again when they change.
func TestThePlaygroundIsLive(t *testing.T) {
	t.Parallel()
	p := newPlayground(t).at(inLaunch)
	stream, err := p.client.Get(p.base + "/panes?" + p.query)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	lines.Buffer(nil, 1<<20)
	await := func(sought string) {
		t.Helper()
		for lines.Scan() {
			if regexp.MustCompile(sought).MatchString(lines.Text()) {
				return
			}
		}
		t.Fatalf("no pane has %s", sought)
	}
	await(`"id":"linq"`)
	p.must("say", "text", "Good morning")
	await(`"id":"main".*Good morning`)
}
