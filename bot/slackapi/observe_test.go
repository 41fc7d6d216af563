package slackapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
)

// seen is what was told of calls.
type seen struct {
	mu    sync.Mutex
	calls []string // "method failure"
}

func (s *seen) observe(method, failure string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, strings.TrimSpace(method+" "+failure))
}

// take returns what was told since it was last called.
func (s *seen) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	s.calls = nil
	return calls
}

func TestCallsToSlackAreTold(t *testing.T) {
	t.Parallel()
	s := bottest.NewBareBase(t, slacktest.Config{})
	var told seen
	client := ObserveCalls(NewHTTPClient(), s.Slack.APIURL(), told.observe)
	api := NewOver(client, s.Slack.Config().BotToken, s.Slack.APIURL())
	url := s.Slack.NewResponseURL(bottest.Ops, bottest.Ada, "")
	post := func(ctx context.Context) error {
		_, _, err := api.PostMessageContext(ctx, bottest.Ops, slack.MsgOptionText("hello", false))
		return err
	}
	answer := func(ctx context.Context) error {
		return Respond(ctx, client, url, &slack.WebhookMessage{Text: "hello"})
	}
	list := func(ctx context.Context) error {
		_, err := api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: bottest.Ops, IncludeAllMetadata: true})
		return err
	}
	long := strings.Repeat("x", keptBody)
	for _, test := range []struct {
		name  string
		call  func(context.Context) error
		fault slacktest.Fault
		want  string
	}{
		{"a post", post, slacktest.Fault{}, "chat.postMessage"},
		{"a list", list, slacktest.Fault{}, "conversations.history"},
		{"a list with errors in it", list, slacktest.Fault{RawBody: `{"messages":[{"ok":false,"error":"in_here"}],"ok":true}`}, "conversations.history"},
		{"a long list", list, slacktest.Fault{RawBody: `{"ok":true,"messages":[{"text":"` + long + `"}]}`}, "conversations.history"},
		{"a refusal", post, slacktest.Fault{Error: "not_in_channel"}, "chat.postMessage not_in_channel"},
		{"a refusal with much around it", post, slacktest.Fault{RawBody: `{"response_metadata":{"error":"x"},"error":"invalid_blocks","ok":false,"more":"` + long + `"}`}, "chat.postMessage invalid_blocks"},
		{"a refusal without a code", post, slacktest.Fault{NoError: true}, "chat.postMessage unreadable"},
		{"a code that is none", post, slacktest.Fault{Error: "Call +1 415 555 0132"}, "chat.postMessage unreadable"},
		{"no JSON", post, slacktest.Fault{RawBody: "<html>"}, "chat.postMessage unreadable"},
		{"an empty answer", post, slacktest.Fault{RawBody: " "}, "chat.postMessage unreadable"},
		{"a limit", post, slacktest.Fault{RetryAfter: time.Second}, "chat.postMessage http_429"},
		{"an outage", post, slacktest.Fault{Status: http.StatusServiceUnavailable}, "chat.postMessage http_503"},
		{"a redirect", post, slacktest.Fault{Redirect: "https://example.com/"}, "chat.postMessage http_302"},
		{"a dropped connection", post, slacktest.Fault{Drop: slacktest.BeforeEffect}, "chat.postMessage no_answer"},
		{"an answer", answer, slacktest.Fault{}, "response_url"},
		{"an answer at a spent URL", answer, slacktest.Fault{Status: http.StatusNotFound}, "response_url http_404"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.fault != (slacktest.Fault{}) {
				s.Slack.Inject(test.fault)
				defer s.Slack.ClearFaults()
			}
			_ = test.call(t.Context()) // what it returns is the business of other tests
			assert.DeepEqual(t, told.take(), []string{test.want})
		})
	}

	// What was not sent is no call.
	assert.ErrorIs(t, post(bottest.Over(t)), errTooLate)
	assert.Equal(t, len(told.take()), 0)
}

// The caller reads what Slack answered, byte for byte.
func TestLookingAtAnAnswerChangesNothing(t *testing.T) {
	t.Parallel()
	want := `{"ok":false,"error":"not_authed","more":"` + strings.Repeat("y", 3*keptBody) + `"}`
	broken := errors.New("broken off")
	for name, test := range map[string]struct {
		end  error
		read int64
		told string
	}{
		"read whole":  {io.EOF, 1 << 20, "not_authed"},
		"read partly": {io.EOF, 100, "not_authed"},
		"not read":    {io.EOF, 0, failedUnreadable},
		"broken off":  {broken, 1 << 20, failedNoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []string
			body := &watchedBody{
				ReadCloser: io.NopCloser(io.MultiReader(strings.NewReader(want), failing{test.end})),
				tell:       func(failure string) { told = append(told, failure) },
			}
			got, err := io.ReadAll(io.LimitReader(body, test.read))
			assert.Equal(t, string(got), want[:min(int64(len(want)), test.read)])
			assert.Equal(t, err != nil, errors.Is(test.end, broken), err)
			assert.NilError(t, body.Close())
			assert.NilError(t, body.Close())
			assert.DeepEqual(t, told, []string{test.told})
			assert.Assert(t, body.start.Len() <= keptBody)
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestMethodsAreFew(t *testing.T) {
	t.Parallel()
	const api = "https://slack.com/api/"
	for address, want := range map[string]string{
		api + "chat.postMessage":            "chat.postMessage",
		api + "chat.postMessage?channel=C1": "chat.postMessage",
		api + "users/U0ADA":                 otherMethod,
		api + "+14155550132":                otherMethod,
		api:                                 otherMethod,
		api + strings.Repeat("a", 61):       otherMethod,
		"https://hooks.slack.com/commands/T1/2/abcd": responseMethod,
		"https://example.com/api/chat.postMessage":   responseMethod,
		"https://slack.com/apichat.postMessage":      responseMethod,
	} {
		r, err := http.NewRequest(http.MethodPost, address, http.NoBody)
		assert.NilError(t, err)
		assert.Equal(t, methodOf(r.URL, api), want, address)
	}
}

func TestNobodyObserves(t *testing.T) {
	t.Parallel()
	client := NewHTTPClient()
	assert.Equal(t, ObserveCalls(client, "https://slack.com/api/", nil), client)
}
