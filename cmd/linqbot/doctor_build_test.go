package main

import (
	"strings"
	"testing"
)

func TestWhichBuildIsThere(t *testing.T) {
	t.Parallel()
	const a, b = " 0123456789abcdef0123456789abcdef01234567", " 89abcdef0123456789abcdef0123456789abcdef"
	for name, test := range map[string]struct {
		there, here string
		want        status
		says        string
	}{
		"neither knows its commit":      {version, version, fine, "as far as can be told"},
		"the same commit":               {version + a, version + a, fine, "reaches this build"},
		"the same commit, changed":      {version + a + " changed", version + a + " changed", fine, "reaches this build"},
		"changed there":                 {version + a + " changed", version + a, failure, "another build"},
		"changed here":                  {version + a, version + a + " changed", failure, "another build"},
		"another commit":                {version + b, version + a, failure, "another build"},
		"no commit there":               {version, version + a, warning, "does not know its commit"},
		"no commit here":                {version + a, version, warning, "does not know its commit"},
		"another version":               {"0.1", version + a, failure, "another build: 0.1"},
		"another version, none knows":   {"0.1", version, failure, "another build: 0.1"},
		"an older one, which is silent": {"", version + a, failure, "which does not say"},
	} {
		found := judgeBuild("https://bot.example", test.there, test.here)[0]
		if found.Status != test.want || !strings.Contains(found.Found, test.says) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}
