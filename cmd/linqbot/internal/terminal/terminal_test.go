package terminal

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// hostile has a character of each kind that a terminal acts on.
const hostile = "a\x00\x07\x08\t\n\v\f\r\x1b[31m\x7f\u0080\u0085\u009b31m\u009d\u061c\u200e\u200f\u202a\u202e\u2028\u2029\u2066\u2069\u206f\xff\x9bz"

func actsOn(text string) bool {
	return strings.ContainsFunc(text, actsOnTerminal) || strings.ToValidUTF8(text, "") != text
}

func TestTerminalWriter(t *testing.T) {
	t.Parallel()
	const text = "é\tß\n\x1b[2J\u009b\u202e €😀\n"
	const want = "é\tß\n\\u001b[2J\\u009b\\u202e €😀\n"
	for size := 1; size <= len(text); size++ {
		var out bytes.Buffer
		w := NewWriter(&out)
		for part := range slices.Chunk([]byte(text), size) {
			if n, err := w.Write(part); err != nil || n != len(part) {
				t.Fatalf("%d, %v", n, err)
			}
		}
		if out.String() != want {
			t.Errorf("in writes of %d: %q", size, out.String())
		}
	}
	var out bytes.Buffer
	if _, err := NewWriter(&out).Write([]byte(hostile + "\n")); err != nil || actsOn(strings.NewReplacer("\n", "", "\t", "").Replace(out.String())) {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func FuzzInert(f *testing.F) {
	for _, seed := range []string{hostile, "plain", "\xff=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if out := Inert([]byte(text)); actsOn(strings.NewReplacer("\n", "", "\t", "").Replace(string(out))) {
			t.Errorf("%q becomes %q", text, out)
		}
		if out := Printable(text); strings.ContainsFunc(out, actsOnTerminal) {
			t.Errorf("%q becomes %q", text, out)
		}
	})
}
