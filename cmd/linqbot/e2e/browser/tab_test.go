package browser_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long to await what is sure to come; it is for a machine that is busy with other things.
const patience = 30 * time.Second

// eyes is an expression, an object.
//
//go:embed eyes.js
var eyes string

// tab is a window with somebody in front of it.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	troubles []string // what the console says that is wrong
}

// open opens a page in a tab of its own, which shares nothing with others. In the end there may be nothing in its console.
func open(t *testing.T, url string) *tab {
	t.Helper()
	browser := chromium(t)
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	p := &tab{t: t, ctx: ctx}
	t.Cleanup(func() {
		for _, said := range p.console() {
			t.Errorf("the console says: %s", said)
		}
		if t.Failed() {
			p.picture("failed " + t.Name())
		}
		cancel()
	})
	p.must(chromedp.Listen(ctx, p.listen))
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err // each tab is the one in front, to its page
	}), chromedp.EmulateViewport(1280, 800), chromedp.Navigate(url))
	return p
}

func (p *tab) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	p.must(chromedp.Do(ctx, steps...))
}

// listen takes down errors and warnings, whether the page logs them, throws them or offends against its policy.
func (p *tab) listen(event any) {
	said := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			said = fmt.Sprintf("console.%s %s", e.Type, marshalled(e.Args))
		}
	case *runtime.EventExceptionThrown:
		said = "exception " + marshalled(e.ExceptionDetails)
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			said = fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}
	if said != "" {
		p.mu.Lock()
		p.troubles = append(p.troubles, said)
		p.mu.Unlock()
	}
}

func marshalled(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// console returns what went wrong, and forgets it.
func (p *tab) console() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := p.troubles
	p.troubles = nil
	return said
}

// inPage is a call of a function of eyes.js.
func inPage(function string, arguments ...string) string {
	quoted := make([]string, len(arguments))
	for i, argument := range arguments {
		quoted[i] = marshalled(argument)
	}
	return strings.TrimSpace(eyes) + "." + function + "(" + strings.Join(quoted, ", ") + ")"
}

// look evaluates a function of eyes.js with a selector and words, in the page that is there in the end: a link or a
// form may lead to another one meanwhile.
func look[T any](p *tab, function, selector, words string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		found, err := chromedp.Run(ctx, chromedp.Evaluate[T](inPage(function, selector, words), chromedp.EvalAwaitPromise))
		if err == nil {
			return found
		}
		if ctx.Err() != nil || !strings.Contains(err.Error(), "navigated") {
			p.t.Fatalf("%s %s %q: %v; there are:\n%s", function, selector, words, err, p.shown(selector))
		}
	}
}

// shown is what elements show.
func (p *tab) shown(selector string) string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](inPage("shown", selector)))
	if err != nil {
		return err.Error()
	}
	return text
}

// sees waits until an element shows these words.
func (p *tab) sees(selector, words string) {
	p.t.Helper()
	look[bool](p, "sees", selector, words)
}

// inView waits until such an element is neither scrolled away nor covered.
func (p *tab) inView(selector, words string) {
	p.t.Helper()
	look[bool](p, "inView", selector, words)
}

// lacks waits until none does.
func (p *tab) lacks(selector, words string) {
	p.t.Helper()
	look[bool](p, "lacks", selector, words)
}

// focused waits until an element with these words has the focus.
func (p *tab) focused(selector, words string) {
	p.t.Helper()
	look[bool](p, "focused", selector, words)
}

// clicks presses the mouse on an element with these words: the last one, where there are several.
func (p *tab) clicks(selector, words string) {
	p.t.Helper()
	at := look[struct{ X, Y float64 }](p, "point", selector, words)
	p.do(chromedp.MouseClickXY(at.X, at.Y))
}

// presses presses keys, wherever the focus is.
func (p *tab) presses(keys string, modifiers ...kb.Modifier) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, key := range keys {
			for _, event := range strokes(key, modifiers) {
				if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, event); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// strokes are a key's way down and up. The text goes with the way down, where a page that takes the key for itself
// prevents it; chromedp.KeyEvent sends it regardless.
func strokes(key rune, modifiers []kb.Modifier) []input.DispatchKeyEventParams {
	var strokes []input.DispatchKeyEventParams
	for _, event := range kb.Encode(key) {
		for _, m := range modifiers {
			event.Modifiers |= int64(m)
		}
		if event.Type == kb.KeyChar {
			strokes[0].Text, strokes[0].UnmodifiedText = event.Text, event.UnmodifiedText
			continue
		}
		strokes = append(strokes, *event)
	}
	return strokes
}

// tabsTo presses Tab until an element with these words has the focus.
func (p *tab) tabsTo(selector, words string, modifiers ...kb.Modifier) {
	p.t.Helper()
	const most = 80
	for range most {
		p.presses(kb.Tab, modifiers...)
		if look[bool](p, "hasFocus", selector, words) {
			return
		}
	}
	p.t.Fatalf("Tab never leads to %s %q", selector, words)
}

// picture keeps a picture of what is seen, where the environment names a folder for them.
func (p *tab) picture(name string) {
	p.t.Helper()
	folder := os.Getenv(picturesVariable)
	if folder == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, "/", " ")+".png"), png, 0o644) //nolint:gosec // in the folder that was named
	}
	if err != nil {
		p.t.Error(err)
	}
}
