package ingress

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"
)

func TestReplaysForgetWhatIsStale(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := NewReplays()
		answer := func(n byte) bool {
			end, fresh, err := r.Begin(context.Background(), Signature{mac: [32]byte{n}})
			assert.NilError(t, err)
			if fresh {
				end(true)
			}
			return fresh
		}
		assert.Assert(t, answer(1))
		time.Sleep(staleAfter)
		assert.Assert(t, !answer(1))
		time.Sleep(time.Nanosecond)
		assert.Assert(t, answer(2))
		assert.Equal(t, len(r.answered), 1)
		assert.Equal(t, len(r.oldest), 1)
		assert.Equal(t, len(r.inFlight), 0)
	})
}

func TestReplaysAreBounded(t *testing.T) {
	t.Parallel()
	r := NewReplays()
	for n := range mostReplays + 10 {
		end, _, err := r.Begin(t.Context(), Signature{mac: [32]byte{byte(n), byte(n >> 8), byte(n >> 16)}})
		assert.NilError(t, err)
		end(true)
	}
	assert.Assert(t, len(r.answered) <= mostReplays+1)
	assert.Equal(t, len(r.answered), len(r.oldest))
}

// A request that waits for the same bytes gives up with its connection.
func TestWaitingForTheSameBytesEnds(t *testing.T) {
	t.Parallel()
	r := NewReplays()
	_, fresh, err := r.Begin(t.Context(), Signature{mac: [32]byte{}})
	assert.NilError(t, err)
	assert.Assert(t, fresh)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = r.Begin(ctx, Signature{mac: [32]byte{}})
	assert.ErrorIs(t, err, context.Canceled)
}
