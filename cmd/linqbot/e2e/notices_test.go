package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slackapi"
)

// What Slack says about the app is in the log, in /readyz and in doctor's report.
func TestSlacksNotices(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, asTheManifestHasThem)
	b := env.start()
	body := fmt.Sprintf(`{"type":"app_rate_limited","team_id":%q,"minute_rate_limited":%d}`, env.slack.Config().TeamID, time.Now().Unix())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.URL+"/slack/events", strings.NewReader(body))
	assert.NilError(t, err)
	request.Header.Set("Content-Type", "application/json")
	slackapi.Sign(request.Header, env.slack.Config().SigningSecret, time.Now(), []byte(body))
	response, err := http.DefaultClient.Do(request)
	assert.NilError(t, err)
	assert.NilError(t, response.Body.Close())
	assert.Equal(t, response.StatusCode, http.StatusOK)

	assert.Assert(t, strings.Contains(b.page("/readyz"), "ready; Slack holds events back"), b.page("/readyz"))
	found, content := env.doctor()
	assert.Assert(t, content, "a warning alone is no failure")
	for _, line := range found {
		if line.Check == "Slack's notices" {
			assert.Equal(t, line.Status, "warning")
			assert.Assert(t, strings.Contains(line.Found, "Slack holds events back"), line.Found)
		}
	}
}
