package e2e_test

import (
	"regexp"
	"runtime"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq/linqtest"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars = nil
	out, _, err := env.run("version")
	assert.NilError(t, err)
	for _, line := range []string{
		`linqbot development`,
		`commit ([0-9a-f]{40}(, and changes that are not in it)?|unknown: it was built outside of the repository)`,
		`go ` + regexp.QuoteMeta(strings.TrimPrefix(runtime.Version(), "go")) + ` ` + runtime.GOOS + `/` + runtime.GOARCH,
		`modules`,
		`  github\.com/slack-go/slack +v0\.\S+`,
		`  modernc\.org/sqlite +v1\.\S+`,
	} {
		assert.Assert(t, regexp.MustCompile(`(?m)^`+line+`$`).MatchString(out), "no line %s in:\n%s", line, out)
	}
}
