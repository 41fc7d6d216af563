package bot

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

// Nothing is sent when the time for it is over, and that is known for certain.
func TestNoCallAfterItsTime(t *testing.T) {
	t.Parallel()
	s := newBareBase(t, slacktest.Config{})
	api, client := NewSlack(s.slack.Config().BotToken, s.slack.APIURL()), NewHTTPClient()
	url := s.slack.NewResponseURL(ops, ada, "")
	_, ts, err := api.PostMessageContext(t.Context(), ops, slack.MsgOptionText("before", false))
	assert.NilError(t, err)
	for name, call := range map[string]func(context.Context) error{
		"a post": func(ctx context.Context) error {
			_, _, err := api.PostMessageContext(ctx, ops, slack.MsgOptionText("too late", false))
			return err
		},
		"an update": func(ctx context.Context) error {
			_, _, _, err := api.UpdateMessageContext(ctx, ops, ts, slack.MsgOptionText("too late", false))
			return err
		},
		"an answer": func(ctx context.Context) error {
			return respond(ctx, client, url, &slack.WebhookMessage{Text: "too late"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(s.slack.Calls())
			err := call(isOver(t))
			assert.ErrorIs(t, err, errTooLate)
			for _, verdict := range []error{judge(err), judgeWebhook(err)} {
				_, later := errors.AsType[*laterError](verdict)
				assert.Assert(t, later, "%v", verdict)
				assert.Assert(t, !strings.Contains(verdict.Error(), "http"), "%v", verdict)
			}
			assert.Equal(t, len(s.slack.Calls()), before)
			assert.NilError(t, call(&stopped{Context: t.Context()}))
			assert.Equal(t, len(s.slack.Calls()), before+1)
		})
	}
}

func TestABodyThatIsNotSentIsClosed(t *testing.T) {
	t.Parallel()
	body := &closing{Reader: strings.NewReader("late")}
	r, err := http.NewRequestWithContext(isOver(t), http.MethodPost, "http://127.0.0.1:1/", body)
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
