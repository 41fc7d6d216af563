package playground

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// What a browser loads is small, from here, and has no script or style within the page.
func TestTheFilesOfThePage(t *testing.T) {
	t.Parallel()
	const heaviest, longest = 150_000, 300
	weight := 0
	err := fs.WalkDir(files, "page", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		weight += len(content)
		text := string(content)
		assert.Assert(t, strings.Count(text, "\n") < longest, path)
		if found := regexp.MustCompile(`(?i)https?://|\son[a-z]+="|\sstyle="|javascript:|<script(>| (?:[^s]|s[^r])*>)`).FindString(text); found != "" {
			t.Errorf("%s has %q", path, found)
		}
		return err
	})
	assert.NilError(t, err)
	assert.Assert(t, weight < heaviest, "%d bytes", weight)
}

// Every slash command, shortcut and step of the app's manifest is there.
func TestTheManifestIsRead(t *testing.T) {
	t.Parallel()
	m, err := readManifest()
	assert.NilError(t, err)
	assert.Assert(t, m.has("/linq-remove") && !m.has("/invite"))
	assert.Assert(t, len(m.Shortcuts("message")) > 0 && len(m.Shortcuts("global")) > 0)
	s, ok := m.step("remove_participant")
	assert.Assert(t, ok)
	assert.Equal(t, s.Inputs[0].Name, "chat_id")
	assert.Assert(t, s.Inputs[0].Required && !s.Inputs[2].Required)
}
