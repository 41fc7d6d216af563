package ingress

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"gotest.tools/v3/assert"
)

func TestBodiesAreReadWhole(t *testing.T) {
	t.Parallel()
	budget := NewBodyBudget(0)
	for _, size := range []int{0, 1, 2047, 2048, 2049, freeBody - 1, freeBody, freeBody + 1, 3 * freeBody, LargestBody} {
		for _, announced := range []bool{true, false} {
			want := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
			r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(want))
			if !announced {
				r.ContentLength = -1
			}
			got, release, err := budget.Read(r)
			assert.NilError(t, err)
			assert.Assert(t, bytes.Equal(got, want), "%d", size)
			release()
			assert.Equal(t, budget.left.Load(), int64(defaultBudget))
		}
	}
}
