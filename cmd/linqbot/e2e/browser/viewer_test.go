package browser_test

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/e2e/internal/processtest"
	"linqbot/linq/linqtest"
)

// What an operator sees at ADMIN_ADDR, after one removal.
func TestViewer(t *testing.T) {
	t.Parallel()
	admin := serveOneRemoval(t)
	p := open(t, "http://"+admin+"/")
	p.sees("h1", "Requests")
	p.picture("viewer")
	p.accessible("requests")
	p.do(dark())
	p.picture("viewer dark")
	p.accessible("requests dark")

	p.tabsTo("#q", "")
	p.presses("nobody" + kb.Enter)
	p.sees("main p", "No request matches")
	p.clicks("main a", "Show all")
	p.clicks("main th a", "")
	p.sees("h1", "Request")
	p.sees("main", "has left Spring launch")
	p.picture("viewer request dark")
	p.accessible("request dark")
	p.do(chromedp.EmulateViewport(390, 844))
	p.picture("viewer request narrow")
	p.accessible("request narrow")

	p.clicks("nav a", "Health")
	p.sees("h1", "Health")
	p.sees("main", "Linq accepts")
	p.picture("viewer health narrow")
	p.accessible("health narrow")
	p.do(chromedp.EmulateViewport(1280, 800))
	p.picture("viewer health dark")
	p.accessible("health dark")

	_, port, _ := net.SplitHostPort(admin)
	p = open(t, "http://"+net.JoinHostPort(otherName, port)+"/")
	p.sees("h1", "Not by this name")
	p.picture("viewer refuses")
	p.accessible("refusal")
	p.do(dark())
	p.accessible("refusal dark")
	for _, said := range p.console() {
		const ofTheRefusal, withoutTLS = "status of 403", "Cross-Origin-Opener-Policy header has been ignored"
		if !strings.Contains(said, ofTheRefusal) && !strings.Contains(said, withoutTLS) {
			t.Errorf("the console says: %s", said)
		}
	}
}

// dark has pages drawn as in a system that is dark.
func dark() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
		})
		return err
	})
}

// serveOneRemoval runs linqbot serve until somebody has been removed, and returns its ADMIN_ADDR.
func serveOneRemoval(t *testing.T) string {
	t.Helper()
	chromium(t)
	slack := slacktest.New(slacktest.Config{})
	slack.AddUser(slacktest.User{ID: "U0ALICE", Name: "Alice"})
	slack.AddChannel(slacktest.Channel{ID: "C0TEAM", Name: "team", BotMember: true})
	stop, err := slack.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	linq := linqtest.Start(t, linqtest.Config{})
	chat := linq.AddChat(linqtest.Group("Spring launch", "+14155550100", "+14155550132", "+14155550143", "+14155550154"))

	ports := processtest.NewPorts()
	addr, admin := ports.Free(t), ports.Free(t)
	variables := processtest.Variables(slack, linq, "sqlite://"+filepath.Join(t.TempDir(), "ledger.db"), addr)
	variables["ADMIN_ADDR"] = admin
	bot, err := processtest.Start(linqbot(t, variables, "serve"), "http://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = bot.Cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		<-bot.Done
		if t.Failed() {
			t.Log(processtest.Tail(bot.Logs.String(), 5))
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for bot.Get(ctx, "/readyz") != http.StatusOK {
		if ctx.Err() != nil {
			t.Fatal("linqbot does not get ready")
		}
	}
	ack, err := slack.Send(ctx, bot.URL, slacktest.Command{UserID: "U0ALICE", ChannelID: "C0TEAM", Text: chat + " +14155550132"})
	if err != nil || ack.Status != http.StatusOK {
		t.Fatalf("%d %s %v", ack.Status, ack.Text, err)
	}
	for changed := slack.Changed(); !strings.Contains(slack.Screen("C0TEAM", "U0ALICE"), "0132 has left"); changed = slack.Changed() {
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatal(slack.Screen("C0TEAM", "U0ALICE"))
		}
	}
	return admin
}
