package bottest

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"gotest.tools/v3/assert"
)

// BlockLines prints blocks for a golden file, one a line, as people and not HTML would read them.
func BlockLines(t testing.TB, blocks []byte) string {
	t.Helper()
	var list []json.RawMessage
	assert.NilError(t, json.Unmarshal(blocks, &list), "%s", blocks)
	var b strings.Builder
	for _, block := range list {
		b.WriteString("  " + strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(block)) + "\n")
	}
	return b.String()
}

// WantWhole checks that mrkdwn is valid UTF-8 and ends in no half entity or half <…>.
func WantWhole(t testing.TB, text string) {
	t.Helper()
	assert.Assert(t, utf8.ValidString(text), "%q", text)
	for rest := text; ; {
		open := strings.IndexAny(rest, "<>")
		if open < 0 {
			break
		}
		assert.Equal(t, rest[open], byte('<'), "%q closes what it did not open", text)
		length := strings.IndexAny(rest[open+1:], "<>")
		assert.Assert(t, length >= 0 && rest[open+1+length] == '>', "%q does not close what it opens", text)
		rest = rest[open+1+length+1:]
	}
	for rest := text; ; {
		at := strings.IndexByte(rest, '&')
		if at < 0 {
			break
		}
		rest = rest[at:]
		entity := strings.HasPrefix(rest, "&amp;") || strings.HasPrefix(rest, "&lt;") || strings.HasPrefix(rest, "&gt;")
		assert.Assert(t, entity, "%q holds a half entity", text)
		rest = rest[1:]
	}
}
