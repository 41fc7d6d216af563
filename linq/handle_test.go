package linq_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq"
)

func TestHandleMasksItself(t *testing.T) {
	t.Parallel()
	for full, want := range map[string]string{
		"+12025550132":          "+1 ••• ••• 0132",
		"+442071234567":         "+44 ••• ••• 4567",
		"+390612345678":         "+39 ••• ••• 5678",
		"jane.doe@example.com":  "j•••@example.com",
		"émile@example.com":     "é•••@example.com",
		"a@b@example.com":       "a•••@example.com",
		"@example.com":          "•••",
		"jane@":                 "•••",
		"x@12025550132.example": "x•••@••• 0132.example",
		"2025550132":            "•••",
		"+1202":                 "•••",
		"+1800FLOWERS":          "•••",
		"Jane Doe":              "•••",
		"":                      "•••",

		"jane＠example.com":      "j•••@example.com",
		"jane﹫example.com":      "j•••@example.com",
		"a＠b@example.com":       "a•••@example.com",
		"x@①②③④⑤⑥⑦.example":     "x•••@••• 4567.example",
		"1️⃣2️⃣0️⃣2️⃣5️⃣5️⃣5️⃣": "•••",
		"+①②⓪②⑤⑤⑤⓪①③②":          "•••",
		"+1:202:555:0132":       "•••",
		"202,555,0132":          "•••",
	} {
		assert.Equal(t, linq.NewHandle(full).String(), want, "%q", full)
	}
}

func TestNothingPrintsAWholeHandle(t *testing.T) {
	t.Parallel()
	handle := linq.NewHandle("+12025550132")
	nested := struct {
		Shown  linq.Handle
		hidden linq.Handle
		list   []linq.Handle
		byName map[linq.Handle]int
	}{handle, handle, []linq.Handle{handle}, map[linq.Handle]int{handle: 1}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%20v", "%T", "%p"} {
		for _, value := range []any{handle, &handle, nested, &nested, nested.list, nested.byName, fmt.Errorf("no: %v", handle)} {
			text := fmt.Sprintf(verb, value)
			assert.Assert(t, !strings.Contains(text, "2025550132") && !strings.Contains(text, "32303235353530313332"), "%s of %T: %s", verb, value, text)
		}
	}
	encoded, err := json.Marshal(map[string]any{"one": handle, "many": nested.list, "keys": nested.byName})
	assert.NilError(t, err)
	assert.Equal(t, string(encoded), `{"keys":{"+1 ••• ••• 0132":1},"many":["+1 ••• ••• 0132"],"one":"+1 ••• ••• 0132"}`)
	assert.Equal(t, fmt.Sprintf("%#v", handle), "linq.Handle(+1 ••• ••• 0132)")
	assert.Equal(t, fmt.Sprintf("%q", handle), `"+1 ••• ••• 0132"`)
}

func TestHandle(t *testing.T) {
	t.Parallel()
	var read linq.Handle
	assert.NilError(t, json.Unmarshal([]byte(`" Jane@Example.com "`), &read))
	assert.Equal(t, read.Full(), "Jane@Example.com")
	assert.Assert(t, read == linq.NewHandle("Jane@Example.com"))
	assert.Assert(t, read.Is(linq.NewHandle("jane@example.COM")))
	assert.Assert(t, !read.Is(linq.NewHandle("john@example.com")))
	assert.Assert(t, read.IsEmail() && !linq.NewHandle("+12025550132").IsEmail())
	assert.Assert(t, !read.IsZero() && linq.NewHandle("").IsZero() && linq.Handle{}.Full() == "")
}
