package bottest

import (
	"encoding/json"
	"strings"
	"testing"

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
