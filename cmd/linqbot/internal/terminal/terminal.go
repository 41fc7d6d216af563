// Package terminal makes text that others wrote fit to be printed: nothing in it moves the cursor, ends
// a line, starts a sequence or turns the direction of what follows. It knows nothing of what is printed.
//
// Begin reading at [Writer] and [Printable].
package terminal

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"unicode/utf8"
)

// actsOnTerminal reports whether a terminal, or a program that shows lines, would act on r instead of showing it.
// Such characters move the cursor, ring, start a sequence, end a line or turn the direction of the text.
func actsOnTerminal(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || turnsDirection(r)
}

// turnsDirection finds the marks, embeddings, overrides and isolates of bidirectional text.
func turnsDirection(r rune) bool {
	return r == '\u061c' || r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u206f'
}

// Printable makes what others wrote fit for a cell or a line of its own: it stays on its line, in its
// column and in its direction.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case !actsOnTerminal(r):
			return r
		case turnsDirection(r):
			return -1
		case strings.ContainsRune("\t\n\v\f\r\u0085\u2028\u2029", r):
			return ' '
		default:
			return '?'
		}
	}, text)
}

// Writer keeps whatever a command prints from acting on the terminal, apart from new lines and
// tabs. It writes other such characters as \u and four digits: in the JSON of others that is the same
// character. An incomplete character waits for the next write.
type Writer struct {
	out  io.Writer
	rest []byte
}

// NewWriter returns a writer to out.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

// Write implements [io.Writer].
func (w *Writer) Write(p []byte) (int, error) {
	whole := append(w.rest, p...) //nolint:gocritic // rest is replaced below
	end := len(whole)
	for back := 1; back < utf8.UTFMax && back <= len(whole); back++ {
		if at := len(whole) - back; utf8.RuneStart(whole[at]) {
			if !utf8.FullRune(whole[at:]) {
				end = at
			}
			break
		}
	}
	w.rest = bytes.Clone(whole[end:])
	if _, err := w.out.Write(Inert(whole[:end])); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Inert writes out what a terminal would act on. Bytes that are not UTF-8 become U+FFFD: some terminals act on them
// as they are.
func Inert(text []byte) []byte {
	acts := func(r rune) bool { return r == utf8.RuneError || r != '\n' && r != '\t' && actsOnTerminal(r) }
	if !bytes.ContainsFunc(text, acts) {
		return text
	}
	var b bytes.Buffer
	for _, r := range string(text) {
		if r != utf8.RuneError && acts(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

// Cell makes an address that others wrote fit to be printed: without a password, and [Printable].
func Cell(address string) string {
	if target, err := url.Parse(address); err == nil && target.User != nil {
		address = target.Redacted()
	}
	return Printable(address)
}

// Is reports whether a file is a terminal: a device of characters that is not the one that swallows everything.
func Is(file *os.File) bool {
	about, err := file.Stat()
	if err != nil || about.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(about, null)
}
