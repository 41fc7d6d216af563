package ingress

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

// The verifier's errors may quote what was sent; ours never do.
func TestVerifyQuotesNothing(t *testing.T) {
	t.Parallel()
	header := http.Header{}
	header.Set(slacktest.TimestampHeader, "not-a-stamp")
	header.Set(slacktest.SignatureHeader, "v0="+strings.Repeat("ab", 32))
	refused := func() error {
		_, err := ReadSignature(header, []string{"secret"})
		return err
	}
	assert.ErrorIs(t, refused(), ErrUnsigned)

	header.Set(slacktest.SignatureHeader, "v0=not-hexadecimal")
	assert.ErrorIs(t, refused(), ErrUnsigned)

	header = http.Header{}
	assert.Assert(t, errors.Is(refused(), slack.ErrMissingHeaders))
}
