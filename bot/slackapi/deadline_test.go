package slackapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
)

// Nothing is sent when the time for it is over, and that is known for certain.
func TestNoCallAfterItsTime(t *testing.T) {
	t.Parallel()
	s := bottest.NewBareBase(t, slacktest.Config{})
	api, client := New(s.Slack.Config().BotToken, s.Slack.APIURL()), NewHTTPClient()
	url := s.Slack.NewResponseURL(bottest.Ops, bottest.Ada, "")
	_, ts, err := api.PostMessageContext(t.Context(), bottest.Ops, slack.MsgOptionText("before", false))
	assert.NilError(t, err)
	for name, call := range map[string]func(context.Context) error{
		"a post": func(ctx context.Context) error {
			_, _, err := api.PostMessageContext(ctx, bottest.Ops, slack.MsgOptionText("too late", false))
			return err
		},
		"an update": func(ctx context.Context) error {
			_, _, _, err := api.UpdateMessageContext(ctx, bottest.Ops, ts, slack.MsgOptionText("too late", false))
			return err
		},
		"an answer": func(ctx context.Context) error {
			return Respond(ctx, client, url, &slack.WebhookMessage{Text: "too late"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(s.Slack.Calls())
			err := call(bottest.Over(t))
			assert.ErrorIs(t, err, errTooLate)
			for _, verdict := range []error{Judge(err), JudgeResponse(err)} {
				_, later := errors.AsType[*RetryLaterError](verdict)
				assert.Assert(t, later, "%v", verdict)
				assert.Assert(t, !strings.Contains(verdict.Error(), "http"), "%v", verdict)
			}
			assert.Equal(t, len(s.Slack.Calls()), before)
			assert.NilError(t, call(&bottest.Stopped{Context: t.Context()}))
			assert.Equal(t, len(s.Slack.Calls()), before+1)
		})
	}
}

func TestABodyThatIsNotSentIsClosed(t *testing.T) {
	t.Parallel()
	body := &closing{Reader: strings.NewReader("late")}
	r, err := http.NewRequestWithContext(bottest.Over(t), http.MethodPost, "http://127.0.0.1:1/", body)
	assert.NilError(t, err)
	response, err := NewHTTPClient().Transport.RoundTrip(r)
	if response != nil {
		_ = response.Body.Close()
	}
	assert.ErrorIs(t, err, errTooLate)
	assert.Assert(t, body.closed)
}

type closing struct {
	*strings.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}
