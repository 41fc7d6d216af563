package linq

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"
)

func TestCutOff(t *testing.T) {
	t.Parallel()
	page := ChatsPage{NextCursor: "2", listed: 1}
	seen := map[string]bool{"": true}
	assert.Equal(t, cutOff(page, seen, maxListedBytes-1, maxListedTime-1), "")
	assert.Equal(t, cutOff(page, seen, maxListedBytes, 0), "it has more than 256 MiB")
	assert.Equal(t, cutOff(page, seen, 0, maxListedTime), "it takes longer than 10 minutes")
	assert.Equal(t, cutOff(ChatsPage{NextCursor: "2"}, seen, 0, 0), "a page of it is empty and names a next one")
	assert.Equal(t, cutOff(page, map[string]bool{"2": true}, 0, time.Second), "it comes back to a page that was read before")
}
