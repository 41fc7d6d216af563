package bot

import (
	"net/http"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
)

// The edge tells how long an answer took, unless it was refused without a look, and who signed.
func TestTheEdgeTellsOfAcksAndSecrets(t *testing.T) {
	t.Parallel()
	const second, stranger = "the-second-secret", "no-secret-of-ours"
	var acks []string
	var secrets []int
	e := newEdge(t, func(c *Config) {
		c.SigningSecrets = append(c.SigningSecrets, second)
		c.Acked = func(route string, took time.Duration) {
			assert.Check(t, took > 0 && took < time.Minute, "%s", took)
			acks = append(acks, route)
		}
		c.Signed = func(secret int) { secrets = append(secrets, secret) }
	})
	body := form(bottest.ChatID + " " + bottest.Ann).Encode()
	for secret, want := range map[string]int{testSecret: 0, second: 1, stranger: -1} {
		acks, secrets = nil, nil
		answered := e.serve(signedRequest(t, CommandsPath, secret, body)).status
		assert.DeepEqual(t, secrets, []int{want})
		if want < 0 {
			assert.Equal(t, answered, http.StatusUnauthorized)
			assert.Equal(t, len(acks), 0, "%v", acks)
			continue
		}
		assert.Equal(t, answered, http.StatusOK)
		assert.DeepEqual(t, acks, []string{CommandsPath})
	}
	acks = nil
	e.serve(signedRequest(t, "/no/such/route", testSecret, body))
	assert.Equal(t, len(acks), 0, "%v", acks)
}
