package loglimit

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"
)

// What is left out is counted, each cause by itself.
func TestWhatIsLeftOutIsCounted(t *testing.T) {
	t.Parallel()
	var l Limiter
	var got []int
	for range linesAtOnce {
		leftOut, ok := l.Allow("a")
		assert.Assert(t, ok)
		got = append(got, leftOut)
	}
	assert.Assert(t, cmp.Equal(got, make([]int, linesAtOnce)))
	for range 7 {
		_, ok := l.Allow("a")
		assert.Assert(t, !ok)
	}
	_, ok := l.Allow("b")
	assert.Assert(t, ok, "another cause has lines of its own")
	l.causes["a"].limiter.SetLimit(1e9) // as if time had passed
	leftOut, ok := l.Allow("a")
	assert.Assert(t, ok)
	assert.Equal(t, leftOut, 7)
}
