package bot

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/ingress"
	"linqbot/bot/slacktest"
)

// Only a sender who asks is told why, and the answer repeats nothing of what was sent.
func TestWhyASignatureIsRefused(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for why, spoil := range map[string]func(http.Header){
		ingress.RefusedNoSignature: func(h http.Header) { h.Del(slacktest.SignatureHeader) },
		ingress.RefusedNoTimestamp: func(h http.Header) { h.Del(slacktest.TimestampHeader) },
		ingress.RefusedTooOld:      func(h http.Header) { h.Set(slacktest.TimestampHeader, "1") },
		ingress.RefusedWrong:       func(h http.Header) { h.Set(slacktest.SignatureHeader, "v0=<secret>") },
	} {
		for _, asks := range []bool{true, false} {
			r := signedRequest(t, CommandsPath, testSecret, form("help").Encode())
			spoil(r.Header)
			want := ""
			if asks {
				r.Header.Set(ingress.ExplainHeader, "1")
				want = why
			}
			w := httptest.NewRecorder()
			e.handler.ServeHTTP(w, r)
			assert.Equal(t, w.Code, http.StatusUnauthorized)
			assert.Equal(t, w.Header().Get(ingress.RefusedHeader), want)
		}
	}
}
