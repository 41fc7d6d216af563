package handle_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq/handle"
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
		assert.Equal(t, handle.New(full).String(), want, "%q", full)
	}
}

func TestNothingPrintsAWholeHandle(t *testing.T) {
	t.Parallel()
	person := handle.New("+12025550132")
	nested := struct {
		Shown  handle.Handle
		hidden handle.Handle
		list   []handle.Handle
		byName map[handle.Handle]int
	}{person, person, []handle.Handle{person}, map[handle.Handle]int{person: 1}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%20v", "%T", "%p"} {
		for _, value := range []any{person, &person, nested, &nested, nested.list, nested.byName, fmt.Errorf("no: %v", person)} {
			text := fmt.Sprintf(verb, value)
			assert.Assert(t, !strings.Contains(text, "2025550132") && !strings.Contains(text, "32303235353530313332"), "%s of %T: %s", verb, value, text)
		}
	}
	encoded, err := json.Marshal(map[string]any{"one": person, "many": nested.list, "keys": nested.byName})
	assert.NilError(t, err)
	assert.Equal(t, string(encoded), `{"keys":{"+1 ••• ••• 0132":1},"many":["+1 ••• ••• 0132"],"one":"+1 ••• ••• 0132"}`)
	assert.Equal(t, fmt.Sprintf("%#v", person), "handle.Handle(+1 ••• ••• 0132)")
	assert.Equal(t, fmt.Sprintf("%q", person), `"+1 ••• ••• 0132"`)
}

func TestHandle(t *testing.T) {
	t.Parallel()
	var read handle.Handle
	assert.NilError(t, json.Unmarshal([]byte(`" Jane@Example.com "`), &read))
	assert.Equal(t, read.Full(), "Jane@Example.com")
	assert.Assert(t, read == handle.New("Jane@Example.com"))
	assert.Assert(t, read.Is(handle.New("jane@example.COM")))
	assert.Assert(t, !read.Is(handle.New("john@example.com")))
	assert.Assert(t, read.IsEmail() && !handle.New("+12025550132").IsEmail())
	assert.Assert(t, !read.IsZero() && handle.New("").IsZero() && handle.Handle{}.Full() == "")
}
