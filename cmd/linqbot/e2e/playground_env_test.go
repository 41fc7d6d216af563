package e2e_test

import (
	"bufio"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"linqbot/linq/linqtest"
)

// playground is the page of a linqbot demo, as a browser would use it.
type playground struct {
	t      *testing.T
	client *http.Client
	base   string
	query  string // who one is, and what is open
}

// newPlayground starts the page, and opens the address that it prints.
func newPlayground(t *testing.T, args ...string) *playground {
	t.Helper()
	env := newEnv(t, linqtest.Config{})
	clear(env.vars) // nothing to set up
	return env.playground(args...)
}

func (env *testEnv) playground(args ...string) *playground {
	t := env.t.(*testing.T)
	t.Helper()
	made := env.command(append([]string{"demo", "--no-open", "--addr", "127.0.0.1:0"}, args...)...)
	demo := &exec.Cmd{Path: made.Path, Args: made.Args, Dir: made.Dir, Env: made.Env} // it ends by Ctrl-C, not with the test's context
	printed, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { endAndDrain(t, demo, printed) })
	line, err := bufio.NewReader(printed).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`http://\S+`).FindString(line)
	parsed, err := url.Parse(address)
	if err != nil || parsed.Query().Get("token") == "" {
		t.Fatalf("no address with a token: %s", line)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &playground{t: t, client: &http.Client{Jar: jar, Timeout: time.Minute}, base: "http://" + parsed.Host}
	if status, _ := p.get("/"); status != http.StatusForbidden {
		t.Errorf("without the token: %d", status)
	}
	if status, _ := p.get("/?" + parsed.RawQuery); status != http.StatusOK {
		t.Fatalf("with the token: %d", status)
	}
	return p
}

func (p *playground) get(path string) (status int, body string) {
	p.t.Helper()
	answer, err := p.client.Get(p.base + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, string(content)
}

// see returns the page, which draws everything that linqbot sent.
func (p *playground) see() string {
	p.t.Helper()
	status, body := p.get("/?" + p.query)
	if status != http.StatusOK || strings.Contains(body, `class="unknown"`) || strings.Contains(body, "cannot be reached") {
		p.t.Fatalf("%d\n%s", status, body)
	}
	return body
}

// awaits waits until the page has a text, and returns what a group of the pattern matched.
func (p *playground) awaits(pattern string) string {
	p.t.Helper()
	sought := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		page := p.see()
		if found := sought.FindStringSubmatch(page); found != nil {
			return html.UnescapeString(found[len(found)-1])
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the page never has %s:\n%s", pattern, page)
		}
	}
}

// at goes to a place.
func (p *playground) at(query string) *playground {
	p.query = query
	return p
}

// does sends a form of the page, given as pairs of names and values, and returns what the page is told.
func (p *playground) does(act string, fields ...string) string {
	p.t.Helper()
	status, body := p.post("/act/"+act, fields...)
	var came struct{ Notice string }
	if err := json.Unmarshal([]byte(body), &came); status != http.StatusOK || err != nil {
		p.t.Fatalf("%s: %d %s", act, status, body)
	}
	return came.Notice
}

// must does the same where nothing may go wrong.
func (p *playground) must(act string, fields ...string) {
	p.t.Helper()
	if notice := p.does(act, fields...); notice != "" {
		p.t.Fatalf("%s: %s", act, notice)
	}
}

func (p *playground) post(path string, fields ...string) (status int, body string) {
	p.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.base+path+"?"+p.query, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", p.base)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := p.client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, string(content)
}

func newPlaygroundCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	env := newEnv(t, linqtest.Config{})
	clear(env.vars)
	return env.command(append([]string{"demo"}, args...)...)
}
