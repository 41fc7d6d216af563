package slackapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"
)

// Slack's client takes what Sign signs, for that body and secret alone.
func TestSign(t *testing.T) {
	t.Parallel()
	const body = "command=%2Flinq-remove&text=hello"
	header := make(http.Header)
	Sign(header, "secret", time.Now(), []byte(body))
	for _, tc := range []struct {
		secret, body string
		holds        bool
	}{{"secret", body, true}, {"another", body, false}, {"secret", body + "x", false}} {
		verifier, err := slack.NewSecretsVerifier(header, tc.secret)
		assert.NilError(t, err)
		_, err = verifier.Write([]byte(tc.body))
		assert.NilError(t, err)
		assert.Equal(t, verifier.Ensure() == nil, tc.holds, "%s %s", tc.secret, tc.body)
	}
}
