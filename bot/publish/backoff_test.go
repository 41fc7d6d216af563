package publish

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slacktest"
)

// A Publisher that takes over from another one keeps to the silence that Slack asked that one for.
func TestASilenceOutlivesThePublisher(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	s.scheduler = queue.New(queue.Config{Now: s.Clock.Now})
	logger, _ := bottest.NewLog()
	s.publisher = s.newPublisher(logger)
	d, other := s.Ask(bottest.Ann), s.Ask(bottest.Bert)
	s.Fail("chat.postMessage", slacktest.Fault{RetryAfter: 90 * time.Second, Times: 1})
	s.Run(d)
	s.publisher = s.newPublisher(logger)
	assert.Equal(t, s.Run(other), queue.AskAgain)
	assert.Equal(t, len(s.Slack.Calls()), 1)
}
