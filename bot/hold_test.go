package bot

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

// A Show that takes over from another one keeps to the silence that Slack asked that one for.
func TestASilenceOutlivesTheShow(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	s.pace = NewPace(PaceConfig{Now: s.clock.now})
	logger, _ := newLog()
	s.show = s.newShow(logger)
	d, other := s.ask(ann), s.ask(bert)
	s.fail("chat.postMessage", slacktest.Fault{RetryAfter: 90 * time.Second, Times: 1})
	s.run(d)
	s.show = s.newShow(logger)
	assert.Equal(t, s.run(other), askAgain)
	assert.Equal(t, len(s.slack.Calls()), 1)
}
