package e2e_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// scrape returns what stands at a path of ADMIN_ADDR.
func (env *testEnv) scrape(path string) (status int, body string) {
	env.t.Helper()
	response, err := http.Get("http://" + env.vars["ADMIN_ADDR"] + path)
	if err != nil {
		env.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		env.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// awaitMetrics waits until every line stands in a scrape.
func (env *testEnv) awaitMetrics(lines ...string) {
	env.t.Helper()
	for _, line := range lines {
		var got string
		env.await(line, func() bool {
			_, got = env.scrape("/metrics")
			return strings.Contains(got, "\n"+line)
		})
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["ADMIN_ADDR"] = freeAddr(t)
	env.vars["SLACK_SIGNING_SECRET"] = "a-secret-to-come," + env.vars["SLACK_SIGNING_SECRET"]
	env.vars["SLACK_TEAM_IDS"] = env.slack.Config().TeamID
	b := env.start()
	_, idle := env.scrape("/metrics")
	for _, line := range []string{"linqbot_backlog_requests 0", "linqbot_backlog_oldest_seconds 0", "linqbot_replies_undelivered_total 0", "go_goroutines ", "process_cpu_seconds_total "} {
		if !strings.Contains(idle, "\n"+line) {
			t.Errorf("no %s before anything is done", line)
		}
	}

	env.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: "help"})
	env.remove(ann)
	env.remove(ann + "0")
	env.awaitOutcome("✅")
	env.awaitMetrics(
		`linqbot_commands_total{outcome="recorded",source="command"} 1`+"\n",
		`linqbot_commands_total{outcome="usage",source="command"} 2`+"\n",
		`linqbot_ack_seconds_count{route="/slack/commands"} 3`+"\n",
		`linqbot_ack_seconds_bucket{route="/slack/commands",le="3"} 3`+"\n",
		`linqbot_signatures_total{secret="0"} 0`+"\n",
		`linqbot_signatures_total{secret="1"} 3`+"\n",
		`linqbot_request_seconds_count{kind="remove",state="sent"} 1`+"\n",
		`linqbot_request_seconds_count{kind="remove",state="removed"} 1`+"\n",
		`linqbot_requests_ended_total{kind="remove",state="removed"} 1`+"\n",
		`linqbot_linq_requests_total{code="202",operation="remove_participant"} 1`+"\n",
		`linqbot_linq_requests_total{code="200",operation="read_chat"} `,
		`linqbot_linq_request_seconds_count{operation="remove_participant"} 1`+"\n",
		`linqbot_slack_calls_total{error="none",method="chat.postMessage"} `,
		`linqbot_linq_key_refused_total 0`+"\n",
		`linqbot_replies_undelivered_total 0`+"\n",
		`linqbot_build_info{`,
	)
	_, measured := env.scrape("/metrics")
	for _, secret := range []string{"4155550132", env.chat, alice, channel, env.vars["SLACK_BOT_TOKEN"], env.vars["LINQ_API_V3_API_KEY"]} {
		if strings.Contains(measured, secret) {
			t.Errorf("the metrics hold %q", secret)
		}
	}

	if status, body := env.scrape("/debug/pprof/goroutine?debug=1"); status != http.StatusOK || !strings.Contains(body, "goroutine profile") {
		t.Errorf("pprof answers %d", status)
	}
	if status, body := env.scrape("/debug/pprof/"); status != http.StatusOK || !strings.Contains(body, "heap") {
		t.Errorf("pprof's index answers %d", status)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/cmdline"} {
		if got := b.get(path); got != http.StatusNotFound {
			t.Errorf("%s answers %d to whoever reaches Slack's address", path, got)
		}
	}
	for _, path := range []string{"/index.html", "/healthz", "/slack/commands"} {
		if got, _ := env.scrape(path); got != http.StatusNotFound {
			t.Errorf("%s answers %d at ADMIN_ADDR", path, got)
		}
	}
	env.nothingLeaked(b)
}

// What people have to be woken for shows.
func TestMetricsOfTrouble(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["ADMIN_ADDR"] = freeAddr(t)
	env.start()
	env.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Status: http.StatusUnauthorized, Code: 2004, Times: 1})
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Status: http.StatusUnauthorized, Code: 2004})
	env.slack.SetMember(channel, env.slack.Config().BotUserID, false)
	env.slack.Inject(slacktest.Fault{Method: "chat.postMessage", Error: "restricted_action"})
	env.slack.Inject(slacktest.Fault{Method: "response_url", Status: http.StatusNotFound})
	env.remove(ann)
	env.awaitMetrics(
		`linqbot_linq_requests_total{code="2004",operation="remove_participant"} 1`+"\n",
		`linqbot_linq_key_refused_total 2`+"\n",
		`linqbot_requests_ended_total{kind="remove",state="refused"} 1`+"\n",
		`linqbot_slack_calls_total{error="restricted_action",method="chat.postMessage"} `,
		`linqbot_slack_calls_total{error="http_404",method="response_url"} `,
		`linqbot_replies_undelivered_total 1`+"\n",
	)
}

// What waits for Linq is the backlog, and grows older.
func TestMetricsOfTheBacklog(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["ADMIN_ADDR"] = freeAddr(t)
	env.start()
	env.linq.Inject(linqtest.Fault{Status: http.StatusServiceUnavailable})
	env.remove(ann)
	env.awaitMetrics("linqbot_backlog_requests 1\n", "linqbot_linq_requests_total{code=\"503\",operation=\"")
	env.await("the request to age", func() bool {
		_, got := env.scrape("/metrics")
		return !strings.Contains(got, "\nlinqbot_backlog_oldest_seconds 0\n")
	})
	env.linq.ClearFaults()
	env.awaitMetrics("linqbot_backlog_requests 0\n", "linqbot_backlog_oldest_seconds 0\n")
}

func TestAnAdminAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	env.vars["ADMIN_ADDR"] = taken.Addr().String()
	said, err := env.command("serve").CombinedOutput()
	if err == nil || !strings.Contains(string(said), "ADMIN_ADDR: ") || !strings.Contains(string(said), "or off") {
		t.Errorf("%v: %s", err, said)
	}
}

// The metrics can be looked at until the end of a drain, and do not hold it up.
func TestMetricsWhileDraining(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["ADMIN_ADDR"] = freeAddr(t)
	b := env.start()
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: drainSoon})
	env.remove(ann)
	env.await("the DELETE", func() bool { return env.linq.Deletes(env.chat, ann) == 1 })
	profiled := make(chan struct{})
	go func() {
		defer close(profiled)
		if response, err := http.Get("http://" + env.vars["ADMIN_ADDR"] + "/debug/pprof/profile?seconds=60"); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
	}()
	env.await("the profile", func() bool {
		_, running := env.scrape("/debug/pprof/goroutine?debug=1")
		return strings.Contains(running, "pprof.Profile+")
	})
	b.terminate()
	env.await("not to be ready", func() bool { return b.get("/readyz") == http.StatusServiceUnavailable })
	env.awaitMetrics("linqbot_backlog_requests 1\n")
	<-b.Done
	<-profiled
	if code := b.Cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit %d", code)
	}
}
