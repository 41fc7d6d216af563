package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/workspace/workspacetest"
	"linqbot/ledger"
)

// noEvents takes events and forgets them.
type noEvents struct {
	err error
	mu  *sync.Mutex
	ids *[]string
}

func (n noEvents) AcceptExecution(_ context.Context, e ledger.Execution) (bool, error) {
	return n.take(e.ID)
}

func (n noEvents) TakeEvent(_ context.Context, id string) (bool, error) { return n.take(id) }

func (n noEvents) take(id string) (bool, error) {
	if n.mu != nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		*n.ids = append(*n.ids, id)
	}
	return true, n.err
}

// newEventEdge serves events, which end in the list that is returned.
func newEventEdge(t *testing.T, fails error, change ...func(*Config)) (*edge, *[]string) {
	t.Helper()
	ids := new([]string)
	change = append([]func(*Config){func(c *Config) {
		c.Events = noEvents{err: fails, mu: new(sync.Mutex), ids: ids}
	}}, change...)
	return newEdge(t, change...), ids
}

func (e *edge) event(body string, header ...string) reply {
	r := signedRequest(e.t, EventsPath, testSecret, body)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return e.serve(r)
}

// stepEvent is a run of the step, as Slack delivers it.
func stepEvent(change func(outer, inner map[string]any)) string {
	inner := map[string]any{
		"type":     "function_executed",
		"function": map[string]any{"id": "Fn1", "callback_id": ledger.RemoveFunction, "type": "app", "input_parameters": []any{}},
		"inputs":   map[string]any{"chat_id": bottest.ChatID, "handle": bottest.Ann}, "function_execution_id": "Fx1",
		"workflow_execution_id": "Wx1", "event_ts": "1.2", "bot_access_token": "xwfp-1",
	}
	outer := map[string]any{"type": "event_callback", "team_id": bottest.Team, "event_id": "Ev1", "event": inner}
	if change != nil {
		change(outer, inner)
	}
	body, err := json.Marshal(outer)
	if err != nil {
		panic(err)
	}
	return string(body)
}

func TestTheURLIsVerified(t *testing.T) {
	t.Parallel()
	e, _ := newEventEdge(t, nil)
	body := `{"token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}`
	got := e.event(body)
	assert.Equal(t, got.status, http.StatusOK)
	assert.Equal(t, got.body, `{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}`+"\n")

	unsigned := httptest.NewRequest(http.MethodPost, EventsPath, strings.NewReader(body))
	e.wantRefused(e.serve(unsigned), http.StatusUnauthorized)
	e.wantRefused(e.serve(signedRequest(t, EventsPath, otherSecret, body)), http.StatusUnauthorized)
}

func TestEventsThatAreBroken(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{", "null x", `[]`, `"x"`, `{"type":7}`, "payload=%7B%7D", `{"type":"event_callback","event_id":{}}`} {
		e, taken := newEventEdge(t, nil)
		got := e.event(body)
		assert.Assert(t, got.status >= 400 && got.status < 500, "%q: %d", body, got.status)
		assert.Equal(t, got.body, "")
		assert.Equal(t, len(*taken), 0)
	}
}

// People who run linqbot are told what Slack says about the app itself, if it is about theirs.
func TestNoticesOfSlack(t *testing.T) {
	t.Parallel()
	in := func(team, event string) string {
		return fmt.Sprintf(`{"type":"event_callback","team_id":%q,"event_id":"Ev1","event":%s}`, team, event)
	}
	for name, test := range map[string]struct {
		body string
		want Notice
	}{
		"too many events":           {`{"type":"app_rate_limited","team_id":"` + bottest.Team + `","minute_rate_limited":1518467820}`, AppRateLimited},
		"too many events elsewhere": {`{"type":"app_rate_limited","team_id":"T0OTHER","minute_rate_limited":1518467820}`, ""},
		"the bot's token":           {in(bottest.Team, `{"type":"tokens_revoked","tokens":{"oauth":[],"bot":["U0BOT"]}}`), TokensRevoked},
		"somebody's token":          {in(bottest.Team, `{"type":"tokens_revoked","tokens":{"oauth":["U1"],"bot":[]}}`), ""},
		"strange tokens":            {in(bottest.Team, `{"type":"tokens_revoked","tokens":[]}`), ""},
		"another team's token":      {in("T0OTHER", `{"type":"tokens_revoked","tokens":{"bot":["U0BOT"]}}`), ""},
		"the app":                   {in(bottest.Team, `{"type":"app_uninstalled"}`), appUninstalled},
	} {
		var told Notice
		e, taken := newEventEdge(t, nil, func(c *Config) { c.Noticed = func(_ context.Context, n Notice) { told = n } })
		assert.Equal(t, e.event(test.body).status, http.StatusOK, name)
		assert.Equal(t, told, test.want, name)
		assert.Equal(t, strings.Contains(e.log.String(), `"notice":`), test.want != "", name)
		assert.Equal(t, len(*taken), 0, name)
	}
}

// What is not served gets a 200, or Slack would try again and in the end stop telling.
func TestEventsOfNoInterest(t *testing.T) {
	t.Parallel()
	in := func(event string) string {
		return fmt.Sprintf(`{"type":"event_callback","team_id":%q,"event_id":"Ev1","event":%s}`, bottest.Team, event)
	}
	for name, body := range map[string]string{
		"another outer type":      `{"type":"quantum_leap","team_id":"T1"}`,
		"no event":                in("null"),
		"an event of next year":   in(`{"type":"quantum_leap","user":{"id":"U1"},"channel":{"id":"C1"},"function":[1],"inputs":3}`),
		"a user as an object":     in(`{"type":"user_change","user":{"id":"U1"}}`),
		"a channel as an object":  in(`{"type":"channel_created","channel":{"id":"C1"}}`),
		"the messages tab":        in(`{"type":"app_home_opened","user":"U1","channel":"D1","tab":"messages"}`),
		"a home of nobody":        in(`{"type":"app_home_opened","channel":"D1","tab":"home"}`),
		"a home where none is":    in(`{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home"}`),
		"a step without a name":   stepEvent(func(_, inner map[string]any) { inner["function"] = map[string]any{"id": "Fn1"} }),
		"a step without a run":    stepEvent(func(_, inner map[string]any) { delete(inner, "function_execution_id") }),
		"our own message":         in(`{"type":"message","channel_type":"im","channel":"D1","user":"U0LINQBOT","bot_id":"B1","text":"hi"}`),
		"an edit":                 in(`{"type":"message","subtype":"message_changed","channel_type":"im","channel":"D1","message":{"user":"U1"}}`),
		"a deletion":              in(`{"type":"message","subtype":"message_deleted","channel_type":"im","channel":"D1","user":"U1"}`),
		"a message in a channel":  in(`{"type":"message","channel_type":"channel","channel":"C1","user":"U1","text":"hi"}`),
		"a message without user":  in(`{"type":"message","channel_type":"im","channel":"D1","text":"hi"}`),
		"a message of odd fields": in(`{"type":"message","channel_type":"im","channel":["D1"],"user":"U1"}`),
		"of another team": stepEvent(func(outer, _ map[string]any) {
			outer["team_id"] = "T0OTHER"
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, taken := newEventEdge(t, nil, func(c *Config) { c.Interactive = new(Interactive) })
			got := e.event(body)
			assert.Equal(t, got.status, http.StatusOK)
			assert.Equal(t, got.body, "")
			assert.Equal(t, len(*taken), 0)
		})
	}
}

func TestAnEventThatCannotBeRecordedIsAskedForAgain(t *testing.T) {
	t.Parallel()
	e, _ := newEventEdge(t, errors.New("disk full"))
	got := e.event(stepEvent(nil))
	assert.Equal(t, got.status, http.StatusInternalServerError)
	assert.Equal(t, got.header.Get("X-Slack-No-Retry"), "")
	assert.Equal(t, e.event(stepEvent(func(_, inner map[string]any) {
		clear(inner)
		inner["type"], inner["channel_type"], inner["user"], inner["channel"] = "message", "im", bottest.Ada, "D1"
	})).status, http.StatusOK, "nobody answers messages here")

	unknown, taken := newEventEdge(t, nil, func(c *Config) { c.Teams = workspacetest.Known(t) })
	assert.Equal(t, unknown.event(stepEvent(nil)).status, http.StatusInternalServerError)
	assert.Equal(t, len(*taken), 0)
}

// The headers of a retry are written down, and that is all.
func TestRetryHeadersDecideNothing(t *testing.T) {
	t.Parallel()
	for _, num := range []string{"", "1", "3", "99", "x"} {
		e, taken := newEventEdge(t, nil)
		got := e.event(stepEvent(nil), "X-Slack-Retry-Num", num, "X-Slack-Retry-Reason", "http_timeout")
		assert.Equal(t, got.status, http.StatusOK)
		assert.DeepEqual(t, *taken, []string{"Fx1"})
		assert.Equal(t, strings.Contains(e.log.String(), "http_timeout"), num != "")
	}
}

// Slack delivers until it hears yes, and may name one run by two events.
func TestARunIsRecordedOnce(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	outer := h.step("Fx1", map[string]any{"chat_id": bottest.ChatID, "handle": bottest.Ann})
	for range 3 {
		assert.Equal(t, h.event(outer), http.StatusOK)
	}
	assert.Equal(t, h.event(h.step("Fx1", map[string]any{"chat_id": bottest.ChatID, "handle": bottest.Bert})), http.StatusOK, "another event")
	h.await("the run", func() bool { e, _ := h.Slack.Execution("Fx1"); return e.Status != "running" })
	for range 3 {
		assert.Equal(t, h.event(outer), http.StatusOK, "days later")
	}
	assert.Equal(t, h.deletes(bottest.Ann), 1)
	assert.Equal(t, h.deletes(bottest.Bert), 0)
	assert.Equal(t, h.Calls("functions.completeSuccess"), 1)
	assert.Equal(t, len(h.Slack.Messages(bottest.Ops)), 0, "nobody named a place")
}

func TestAMessageToTheBotIsAnsweredWithHelp(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	dm := h.dm(bottest.Ada)
	message := h.Slack.Envelope(map[string]any{
		"type": "message", "channel_type": "im", "channel": dm, "user": bottest.Ada, "text": "hello?", "ts": "1.2",
	})
	for range 3 {
		assert.Equal(t, h.event(message), http.StatusOK)
	}
	bottest.WantMessages(t, h.Slack.DirectMessages(bottest.Ada), "/linq-remove <chatId> <handle> removes a person")

	// The answer comes back as an event, too.
	own := h.Slack.Envelope(map[string]any{
		"type": "message", "channel_type": "im", "channel": dm, "user": h.Slack.Config().BotUserID, "bot_id": "B1", "ts": "1.3",
	})
	assert.Equal(t, h.event(own), http.StatusOK)
	assert.Equal(t, len(h.Slack.DirectMessages(bottest.Ada)), 1)
}
