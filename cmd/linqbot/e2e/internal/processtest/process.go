// Package processtest builds linqbot and runs it as a process of its own, for the tests that know the
// program from outside. It knows variables, signals, exit codes and what is printed, and nothing of
// what the program does. Begin with [Build] and [Start].
package processtest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"linqbot/bot/slacktest"
	"linqbot/ledger/ledgertest/sidebyside"
	"linqbot/linq/linqtest"
)

// Build builds linqbot into a new folder of temporary files, and returns its path. It looks for races
// when the tests do.
func Build() (path string, err error) {
	dir, err := os.MkdirTemp("", "linqbot-e2e-")
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, "linqbot")
	args := append([]string{"build", "-o", path}, raceFlag()...)
	built, err := exec.CommandContext(context.Background(), "go", append(args, "linqbot/cmd/linqbot")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, built)
	}
	return path, nil
}

// Run runs the tests of a package that build the program, many of them side by side, and takes the program away again.
func Run(m *testing.M, program func() (string, error)) int {
	code := sidebyside.Run(m)
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path)) // the folder of temporary files is cleaned anyway
	}
	return code
}

// Variables returns those of a linqbot between a Slack and a Linq, which keeps its ledger and listens
// where it is told.
func Variables(slack *slacktest.Slack, linq *linqtest.Linq, ledger, addr string) map[string]string {
	return map[string]string{
		"SLACK_SIGNING_SECRET":  slack.Config().SigningSecret,
		"SLACK_BOT_TOKEN":       slack.Config().BotToken,
		"SLACK_API_URL":         slack.APIURL(),
		"LINQ_API_V3_API_KEY":   linq.APIKey(),
		"LINQ_API_V3_BASE_URL":  linq.BaseURL(),
		"LISTEN_ADDR":           addr,
		"ADMIN_ADDR":            "off", // its default is one address, and tests run side by side
		"DATABASE_URL":          ledger,
		"ALLOWED_USERS":         "*",
		"MAX_REMOVALS_PER_HOUR": "off", // some tests have one person ask for more than its default
		"LOG_LEVEL":             "debug",
	}
}

// Command returns a program that runs in a folder with these variables, and nothing else of this
// process's. It is killed when ctx ends.
func Command(ctx context.Context, path, dir string, variables map[string]string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + dir, "TMPDIR=" + os.TempDir()}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		cmd.Env = append(cmd.Env, name+"="+variables[name])
	}
	return cmd
}

// Process is a running program.
type Process struct {
	URL  string
	Cmd  *exec.Cmd
	Logs *Log          // what it printed
	Done chan struct{} // closed when it has ended
}

// Start starts a program that serves below url, without waiting for anything.
func Start(cmd *exec.Cmd, url string) (*Process, error) {
	p := &Process{URL: url, Cmd: cmd, Logs: new(Log), Done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.Logs, p.Logs
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // tests look at the state themselves
		close(p.Done)
	}()
	return p, nil
}

// Get returns the status of a GET, 0 without an answer.
func (p *Process) Get(ctx context.Context, path string) int {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+path, http.NoBody)
	if err != nil {
		return 0
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// Kill ends the process at once, and waits for its end.
func (p *Process) Kill() {
	_ = p.Cmd.Process.Kill() // it may have ended
	<-p.Done
}

// Log keeps what a program printed.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements [io.Writer].
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// String returns all of it so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Tail returns the last lines of a text.
func Tail(text string, lines int) string {
	all := strings.Split(text, "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
