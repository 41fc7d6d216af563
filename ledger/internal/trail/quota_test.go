package trail

import (
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/assert"
)

// However many people are denied, what is remembered of them is bounded, and nobody is forgotten.
func TestQuotasAreBounded(t *testing.T) {
	t.Parallel()
	q, now := newQuotas(), time.Now()
	const more = 1000
	var rows, leftOut int64
	for i := range mostCauses + more {
		row, before := q.take(Note{Kind: Denied, UserID: fmt.Sprint("U", i)}, now)
		if row {
			rows++
		}
		leftOut += before
	}
	assert.Assert(t, len(q.causes) <= mostCauses+1, "%d", len(q.causes))
	for _, last := range q.rest(now, true) {
		rows, leftOut = rows+1, leftOut+last.leftOut
	}
	assert.Equal(t, rows, int64(mostCauses+rowsAtOnce+1))
	assert.Equal(t, rows+leftOut, int64(mostCauses+more))

	q.rest(now.Add(rowsAtOnce*rowEvery), false)
	assert.Equal(t, len(q.causes), 0)
}
