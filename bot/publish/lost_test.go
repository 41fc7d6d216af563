package publish

import (
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"
)

// Another app's message with our metadata is not taken for ours.
func TestWhoWroteAMessage(t *testing.T) {
	t.Parallel()
	by := func(user, bot string) slack.Message { return slack.Message{Msg: slack.Msg{User: user, BotID: bot}} }
	for _, test := range []struct {
		name            string
		ownUser, ownBot string
		message         slack.Message
		want            bool
	}{
		{"the bot's user", "U0BOT", "B0BOT", by("U0BOT", ""), true},
		{"the bot's app", "U0BOT", "B0BOT", by("", "B0BOT"), true},
		{"another app", "U0BOT", "B0BOT", by("U0EVIL", "B0EVIL"), false},
		{"a person", "U0BOT", "B0BOT", by("U0ADA", ""), false},
		{"nobody is named", "U0BOT", "B0BOT", by("", ""), true},
		{"it is not known who we are", "", "", by("U0EVIL", "B0EVIL"), true},
	} {
		p := poster{own: func() (string, string) { return test.ownUser, test.ownBot }}
		assert.Equal(t, p.isOwn(test.message), test.want, test.name)
	}
}
