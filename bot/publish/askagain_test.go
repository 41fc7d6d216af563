package publish

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"
)

// A job that asks for more than River's five seconds may come as much later. It is to come in time for its turn.
func TestAMessageAsksAgainInTimeForItsTurn(t *testing.T) {
	t.Parallel()
	for turn := time.Second; turn < 20*time.Second; turn += 100 * time.Millisecond {
		at := time.Duration(0)
		for asked := 0; at < turn; asked++ {
			assert.Assert(t, asked < 4, "it asks too often for a turn in %s", turn)
			at += late(askAgain(turn - at))
		}
		assert.Assert(t, at-turn <= 500*time.Millisecond, "a turn in %s comes %s late", turn, at-turn)
	}
}
