package chatindex

import (
	"testing"

	"linqbot/commands/commandstest"
)

// A search that looks at the same characters again and again takes minutes for these.
func TestSearchesTakeAnyText(t *testing.T) {
	const longest = 64 << 10
	for _, a := range commandstest.LongTexts() {
		text := a.Of(longest)
		readSearch(text, "US")
		spellings(text)
	}
}
