package e2e_test

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"linqbot/linq/linqtest"
)

// look asks for something at ADMIN_ADDR, or at another address of the same port.
func (env *testEnv) look(method, host, path string, change func(*http.Request)) (status int, body string) {
	env.t.Helper()
	_, port, err := net.SplitHostPort(env.vars["ADMIN_ADDR"])
	if err != nil {
		env.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(env.t.Context(), method, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		env.t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		env.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		env.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// What an operator looks at: the list, one request whole, how linqbot fares; nothing of it private, nothing to change.
func TestViewer(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["ADMIN_ADDR"] = freeAddr(t)
	b := env.start()
	env.remove(ann)
	env.awaitOutcome("✅")

	status, list := env.look("GET", "127.0.0.1", "/", nil)
	request := regexp.MustCompile(`/requests/[0-9a-f-]{36}`).FindString(list)
	if status != http.StatusOK || request == "" || !strings.Contains(list, "Spring launch") || !strings.Contains(list, "it was written") {
		t.Fatalf("%d: %s", status, list)
	}
	var whole string
	env.await("the whole of it", func() bool {
		_, whole = env.look("GET", "localhost", request, nil)
		return strings.Contains(whole, "Open the message in Slack")
	})
	for _, part := range []string{"asked for by command", "try 1: asking Linq", "Linq answered 202", "has left Spring launch", "+1 ••• ••• 0132", "https://acme.slack.com/archives/" + channel} {
		if !strings.Contains(strings.ReplaceAll(whole, "&#43;", "+"), part) {
			t.Errorf("the request does not say %q:\n%s", part, whole)
		}
	}
	_, health := env.look("GET", "127.0.0.1", "/health", nil)
	for _, part := range []string{"<strong>schema</strong>: up to date", "<strong>requests</strong>: 0 under way, none is stuck", "<strong>Linq key</strong>: Linq accepts …", "<strong>bot token</strong>"} {
		if !strings.Contains(health, part) {
			t.Errorf("its health does not say %q:\n%s", part, health)
		}
	}
	secrets := []string{"4155550132", "hooks.slack.com", "response_url"}
	for _, name := range []string{"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "LINQ_API_V3_API_KEY"} {
		secrets = append(secrets, env.vars[name], env.vars[name][:6])
	}
	for _, secret := range secrets {
		if strings.Contains(list+whole+health, secret) {
			t.Errorf("the pages hold %q", secret)
		}
	}
	if got, _ := env.look("POST", "127.0.0.1", "/", nil); got != http.StatusMethodNotAllowed {
		t.Errorf("a POST is answered %d", got)
	}
	if got := b.get("/requests/x"); got != http.StatusNotFound {
		t.Errorf("the pages are at Slack's address too: %d", got)
	}
	b.terminate()
	<-b.Done
	if code := b.Cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit %d", code)
	}
	env.nothingLeaked(b)
}

// Metrics may be open to other machines, and are asked for by other names. The pages are for this machine.
func TestViewerIsForThisMachine(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	_, port, _ := net.SplitHostPort(freeAddr(t))
	env.vars["ADMIN_ADDR"] = ":" + port
	env.start()
	named := func(r *http.Request) { r.Host = "evil.example" }
	if got, _ := env.look("GET", "127.0.0.1", "/", nil); got != http.StatusOK {
		t.Errorf("this machine gets %d", got)
	}
	if got, _ := env.look("GET", "127.0.0.1", "/", named); got != http.StatusForbidden {
		t.Errorf("another name gets %d", got)
	}
	if got, _ := env.look("GET", "127.0.0.1", "/metrics", named); got != http.StatusOK {
		t.Errorf("metrics by another name get %d", got)
	}
	other := otherAddress(t)
	if got, page := env.look("GET", other, "/", nil); got != http.StatusForbidden || !strings.Contains(page, "kubectl port-forward") {
		t.Errorf("another address gets %d: %s", got, page)
	}
	if got, _ := env.look("GET", other, "/metrics", nil); got != http.StatusOK {
		t.Errorf("metrics at another address get %d", got)
	}
}

// otherAddress is one of this machine that is not loopback.
func otherAddress(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range all {
		if at, ok := each.(*net.IPNet); ok && at.IP.IsGlobalUnicast() && at.IP.To4() != nil {
			return at.IP.String()
		}
	}
	t.Skip("this machine has no address but loopback")
	return ""
}
