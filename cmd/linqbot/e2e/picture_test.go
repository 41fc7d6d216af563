package e2e_test

import (
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/golden"

	"linqbot/cmd/linqbot/internal/picture"
)

// thePicture holds the picture of a thread in the README to the demo's first scene. Ids and times, which differ
// from run to run, are the same in every picture. With -update it is drawn again.
func thePicture(t *testing.T, demo string) {
	t.Helper()
	_, scene, _ := strings.Cut(demo, "\n1. ")
	scene, _, found := strings.Cut(scene, "\n   → ")
	typed := regexp.MustCompile(`Dana types in #launch: +(.*)\n`).FindStringSubmatch(scene)
	_, screen, shown := strings.Cut(scene, "\n   #launch\n")
	if !found || typed == nil || !shown {
		t.Fatalf("the demo has no first scene as it should be:\n%s", demo)
	}
	for _, same := range []struct{ pattern, text string }{
		{`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, "550e8400-e29b-41d4-a716-446655440000"},
		{`Trace id [0-9a-f]+`, "Trace id e1cdd517c29e4196aa453f338bb1bf8a"},
		{`Request [0-9a-f]+`, "Request 5184fa27"},
		{`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`, "2026-11-23 09:41:07 UTC"},
		{`(APP  )\d\d:\d\d`, "${1}09:41"},
	} {
		pattern := regexp.MustCompile(same.pattern)
		typed[1] = pattern.ReplaceAllString(typed[1], same.text)
		screen = pattern.ReplaceAllString(screen, same.text)
	}
	golden.Assert(t, string(picture.SVG(typed[1], "#launch\n"+screen)), "../../../../docs/thread.svg")
}
