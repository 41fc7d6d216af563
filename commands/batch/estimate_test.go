package batch

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
)

// How long a batch takes goes by what was measured, and is an assumption only where nothing was.
func TestHowLongABatchTakes(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, test := range map[string]struct {
		speed    Speed
		requests int
		want     string
	}{
		"nothing is known":            {Speed{Concurrency: 6}, 240, "This takes about 4 minutes if Linq takes one a second; other removals go first."},
		"batches showed it":           {Speed{ledger.Pace{InBatch: 100 * ms, Call: 9 * time.Second}, 6}, 2000, "This takes about 4 minutes, going by the last removals; other removals go first."},
		"only single calls did":       {Speed{ledger.Pace{Call: 150 * ms}, 6}, 2000, "This takes about 2 minutes, going by the last removals; other removals go first."},
		"calls one after the other":   {Speed{ledger.Pace{Call: 150 * ms}, 1}, 2000, "This takes about 10 minutes, going by the last removals; other removals go first."},
		"a batch that Linq held back": {Speed{ledger.Pace{InBatch: 5 * time.Second}, 6}, 100, "This takes about 9 minutes, going by the last removals; other removals go first."},
		"it is over at once":          {Speed{ledger.Pace{InBatch: ms}, 6}, 3, "This takes about 1 second, going by the last removals; other removals go first."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.speed.estimate(test.requests).String(), test.want)
		})
	}
}
