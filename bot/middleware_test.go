package bot

import (
	"net/http"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"
)

// What an operator looks for is there without a change of the level, and nothing drowns it.
func TestWhichRequestsAreTold(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		route  string
		status int
		took   time.Duration
		want   logrus.Level
	}{
		"a command":               {CommandsPath, http.StatusOK, slowAnswer, logrus.DebugLevel},
		"a slow command":          {CommandsPath, http.StatusOK, slowAnswer + time.Millisecond, logrus.InfoLevel},
		"a command, refused":      {CommandsPath, http.StatusUnauthorized, 0, logrus.InfoLevel},
		"a press":                 {InteractionsPath, http.StatusOK, 0, logrus.InfoLevel},
		"a probe":                 {HealthPath, http.StatusOK, 0, logrus.DebugLevel},
		"a probe that waits":      {ReadyPath, http.StatusOK, 2 * slowAnswer, logrus.DebugLevel},
		"a probe that is told no": {ReadyPath, http.StatusServiceUnavailable, 0, logrus.DebugLevel},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, levelOf(tc.route, tc.status, tc.took), tc.want)
		})
	}
}
