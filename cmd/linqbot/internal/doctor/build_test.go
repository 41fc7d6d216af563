package doctor

import (
	"strings"
	"testing"

	"linqbot/cmd/linqbot/internal/build"
)

func TestWhichBuildIsThere(t *testing.T) {
	t.Parallel()
	const version, a, b = "1.2.3", "0123456789abcdef0123456789abcdef01234567", "89abcdef0123456789abcdef0123456789abcdef"
	for name, test := range map[string]struct {
		there string
		here  build.Build
		want  status
		says  string
	}{
		"neither knows its commit":      {version, build.Build{Version: version}, fine, "as far as can be told"},
		"the same commit":               {version + " " + a, build.Build{Version: version, Commit: a}, fine, "reaches this build"},
		"the same commit, changed":      {version + " " + a + " changed", build.Build{Version: version, Commit: a, Changed: true}, fine, "reaches this build"},
		"changed there":                 {version + " " + a + " changed", build.Build{Version: version, Commit: a}, failure, "another build"},
		"changed here":                  {version + " " + a, build.Build{Version: version, Commit: a, Changed: true}, failure, "another build"},
		"another commit":                {version + " " + b, build.Build{Version: version, Commit: a}, failure, "another build"},
		"no commit there":               {version, build.Build{Version: version, Commit: a}, warning, "does not know its commit"},
		"no commit here":                {version + " " + a, build.Build{Version: version}, warning, "does not know its commit"},
		"another version":               {"0.1", build.Build{Version: version, Commit: a}, failure, "another build: 0.1"},
		"another version, none knows":   {"0.1", build.Build{Version: version}, failure, "another build: 0.1"},
		"an older one, which is silent": {"", build.Build{Version: version, Commit: a}, failure, "which does not say"},
	} {
		found := judgeBuild("https://bot.example", test.there, test.here)[0]
		if found.Status != test.want || !strings.Contains(found.Found, test.says) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}
