package publish

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/slackapi"
	"linqbot/ledger"
)

// A response_url is a secret also when nobody can be reached there.
func TestAnErrorOfAResponseURLDoesNotNameIt(t *testing.T) {
	t.Parallel()
	logger, _ := bottest.NewLog()
	publisher := New(Config{HTTP: slackapi.NewHTTPClient(), Logger: logger})
	for _, url := range []string{
		"http://127.0.0.1:1/commands/capability", "http://capability.invalid/commands/x", "http://[capability", "http://x/%zzcapability\x7f",
	} {
		err := publisher.respond(t.Context(), ledger.NewSecret(url), blockkit.Message{Text: "hello"})
		assert.Assert(t, err != nil, url)
		// A host that does not resolve names itself; what is secret is the path.
		if !strings.Contains(url, ".invalid") {
			assert.Assert(t, !strings.Contains(err.Error(), "capability"), err.Error())
		}
		assert.Assert(t, !strings.Contains(err.Error(), "/commands/"), err.Error())
	}
}
