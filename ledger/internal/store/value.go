package store

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Micros is how a moment is stored: microseconds since 1970, 0 for none.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros returns the moment that [Micros] stores.
func FromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// StorableText takes out of a text what PostgreSQL cannot hold: NUL, and bytes that are not UTF-8. What
// others named their chat must not keep a request from ending.
func StorableText(text string) string {
	if !strings.ContainsRune(text, 0) && utf8.ValidString(text) {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}
