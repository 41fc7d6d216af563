package browser_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"

	"linqbot/cmd/linqbot/e2e/internal/processtest"
)

// What the environment may name. What it names has to be there; without it, the tests take what they find, or skip.
const (
	chromiumVariable = "LINQBOT_TEST_CHROMIUM" // the program
	axeVariable      = "LINQBOT_TEST_AXE"      // the file axe.min.js of axe-core
	picturesVariable = "LINQBOT_TEST_PICTURES" // a folder that is there; without it no pictures are taken
)

// otherName leads to this machine, as any name may that somebody else gives an address.
const otherName = "elsewhere.example"

// shared is what all tests of a run use.
type shared struct {
	dir     string
	program func() (string, error)
	browser func() (context.Context, error)
	end     context.CancelFunc
}

var common shared

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "linqbot-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	common = shared{dir: dir, program: sync.OnceValues(build), browser: sync.OnceValues(startBrowser), end: func() {}}
	code := m.Run()
	common.end()
	_ = os.RemoveAll(dir) // the folder of temporary files is cleaned anyway
	os.Exit(code)
}

// build builds linqbot, which is another module.
func build() (string, error) {
	path := filepath.Join(common.dir, "linqbot")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", path, "./cmd/linqbot")
	cmd.Dir = filepath.Join("..", "..", "..", "..")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, said)
	}
	return path, nil
}

// findBrowser returns the program, "" if there is none.
func findBrowser() (string, error) {
	if named := os.Getenv(chromiumVariable); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("%s: %w", chromiumVariable, err)
		}
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", nil
}

func startBrowser() (context.Context, error) {
	path, err := findBrowser()
	if err != nil || path == "" {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(common.dir, "profile")),
		chromedp.Flag("host-resolver-rules", "MAP "+otherName+" 127.0.0.1"),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // it cannot be had as root
	}
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, endBrowser := chromedp.NewContext(allocator)
	common.end = func() { endBrowser(); endAllocator() }
	return ctx, chromedp.Do(ctx)
}

// chromium returns the browser of this run.
func chromium(t *testing.T) context.Context {
	t.Helper()
	ctx, err := common.browser()
	if err != nil {
		t.Fatal(err)
	}
	if ctx == nil {
		t.Skip("this needs Chromium, which is not on the PATH; " + chromiumVariable + " may name it")
	}
	return ctx
}

// linqbot returns the real program with these variables, and nothing else of this process's.
func linqbot(t *testing.T, variables map[string]string, arguments ...string) *exec.Cmd {
	t.Helper()
	path, err := common.program()
	if err != nil {
		t.Fatal(err)
	}
	made := processtest.Command(t.Context(), path, t.TempDir(), variables, arguments...)
	return &exec.Cmd{Path: made.Path, Args: made.Args, Dir: made.Dir, Env: made.Env} // the test's context kills; these end by a signal
}

// playground is a linqbot demo.
type playground struct{ address string }

func newPlayground(t *testing.T) playground {
	t.Helper()
	return startPlayground(t, nil)
}

func startPlayground(t *testing.T, variables map[string]string, arguments ...string) playground {
	t.Helper()
	chromium(t)
	demo := linqbot(t, variables, append([]string{"demo", "--no-open", "--addr", "127.0.0.1:0"}, arguments...)...)
	demo.Stderr = os.Stderr
	printed, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := demo.Process.Signal(syscall.SIGINT); err != nil {
			t.Error(err)
		}
		_, _ = io.Copy(io.Discard, printed) // until it ends
		if err := demo.Wait(); err != nil {
			t.Errorf("Ctrl-C: %v", err)
		}
	})
	line, err := bufio.NewReader(printed).ReadString('\n')
	address := regexp.MustCompile(`http://\S+`).FindString(line)
	if err != nil || address == "" {
		t.Fatalf("no address: %q %v", line, err)
	}
	return playground{address}
}

// part is a part of a test that shares its playground with others.
type part struct {
	name string
	play func(*testing.T, playground)
}

// parts plays them one after the other, up to the first that fails: what it left would disturb those that follow.
func (g playground) parts(t *testing.T, all ...part) {
	t.Helper()
	for _, each := range all {
		if !t.Run(each.name, func(t *testing.T) { each.play(t, g) }) {
			return
		}
	}
}

// open opens the page at a place, such as "in=C0LAUNCH".
func (g playground) open(t *testing.T, place ...string) *tab {
	t.Helper()
	return open(t, g.address+"&"+strings.Join(place, "&"))
}
