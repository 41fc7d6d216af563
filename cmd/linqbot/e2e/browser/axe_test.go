package browser_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// accessible wants no violation of axe-core's rules in what is seen now.
func (p *tab) accessible(name string) {
	p.t.Helper()
	p.t.Run("axe "+name, func(t *testing.T) {
		path := os.Getenv(axeVariable)
		if path == "" {
			t.Skip("this needs axe-core: " + axeVariable + " names its axe.min.js")
		}
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		defer cancel()
		source, err := os.ReadFile(path) //nolint:gosec // the file that was named
		if err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](string(source))); err != nil {
			t.Fatal(err)
		}
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run(document, { resultTypes: ["violations"], preload: false }).then((r) =>
			r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + v.help + "\n" + n.html + "\n" + n.failureSummary)))`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			t.Errorf("%d violations:\n%s", len(found), strings.Join(found, "\n\n"))
		}
	})
}
