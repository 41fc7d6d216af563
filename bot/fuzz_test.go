package bot

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

// FuzzVerify sends anything at all: only what is signed may reach a command.
func FuzzVerify(f *testing.F) {
	body := form("hello").Encode()
	now := strconv.FormatInt(time.Now().Unix(), 10)
	_, good := signStamp(testSecret, now, body)
	f.Add(good, now, formType, body)
	f.Add("", "", formType, "ssl_check=1&"+body)
	f.Add("v0=00", now, formType, body)
	f.Add(good, "1531420618", formType, body)
	f.Add(good, "99999999999999999999", "application/json", "{}")
	f.Add("v0=", "-1", "", "")
	e := newEdge(f)
	f.Fuzz(func(t *testing.T, signature, stamp, contentType, body string) {
		r := httptest.NewRequest(http.MethodPost, CommandsPath, strings.NewReader(body))
		r.Header[slacktest.SignatureHeader] = []string{signature}
		r.Header[slacktest.TimestampHeader] = []string{stamp}
		r.Header["Content-Type"] = []string{contentType}
		before := len(e.command.runs())
		response := e.serve(r)
		_, want := signStamp(testSecret, stamp, body)
		if strings.EqualFold(signature, want) {
			return
		}
		assert.Equal(t, len(e.command.runs()), before, "dispatched")
		assert.Assert(t, response.status == http.StatusUnauthorized || response.status == http.StatusOK, "%d", response.status)
		assert.Equal(t, response.body, "")
	})
}

// acceptAll records in memory.
type acceptAll struct{}

func (acceptAll) Accept(_ context.Context, orders []ledger.Order) ([]ledger.Acceptance, error) {
	accepted := make([]ledger.Acceptance, len(orders))
	for i, order := range orders {
		accepted[i].Request = ledger.Request{Order: order, ID: "0192a0c4-0000-7000-8000-000000000001", State: ledger.Accepted}
	}
	return accepted, nil
}

func removeCommand(t testing.TB) *commands.Remove {
	t.Helper()
	logger, _ := bottest.NewLog()
	return commands.NewRemove(commands.RemoveConfig{
		Gate:     policy.NewGate(policy.GateConfig{Policy: policy.Policy{Everyone: true}, Logger: logger}),
		Recorder: acceptAll{}, Region: "US", Logger: logger,
	})
}

// FuzzServeCommand has Slack sign whatever people type: everything is answered, and nothing in the
// answer breaks Slack's limits or calls anybody.
func FuzzServeCommand(f *testing.F) {
	f.Add(form(bottest.ChatID + " " + bottest.Ann).Encode())
	f.Add(form(bottest.ChatID + " <!channel>").Encode())
	f.Add(form("`<@U1>` & help").Encode())
	f.Add("command=%2Flinq-remove&user_id=U1&team_id=" + bottest.Team + "&text=%ff%fe%00")
	f.Add("ssl_check=1")
	f.Add("%zz")
	for _, text := range []string{"help", bottest.ChatID, bottest.ChatID + " " + bottest.Ann + ", " + bottest.Bert, strings.Repeat("<", 4000), "\u202e" + bottest.ChatID} {
		f.Add(form(text).Encode())
	}
	e := newEdge(f, func(c *Config) { c.Commands = map[string]Command{testCommand: removeCommand(f)} })
	f.Fuzz(func(t *testing.T, body string) {
		response := e.serve(signedRequest(t, CommandsPath, testSecret, body))
		assert.Assert(t, response.status < http.StatusInternalServerError, "%d: %s", response.status, e.log)
		answered := response.body
		if answered == "" {
			return
		}
		var answer struct {
			ResponseType string          `json:"response_type"`
			Text         string          `json:"text"`
			Blocks       json.RawMessage `json:"blocks"`
		}
		assert.NilError(t, json.Unmarshal([]byte(answered), &answer))
		assert.Equal(t, answer.ResponseType, "ephemeral")
		assert.DeepEqual(t, slacktest.CheckMessage(answer.Blocks, answer.Text), []string(nil))
		for _, call := range []string{"<!channel", "<!here", "<!everyone", "<!subteam", "<http", "<mailto", "<tel"} {
			assert.Assert(t, !strings.Contains(answer.Text, call), answer.Text)
		}
		bottest.WantWhole(t, answer.Text)
	})
}

// The fuzz test's own workhorse, on commands that people really type.
func TestTheRealCommandThroughTheWholeEdge(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		bottest.ChatID + " (415) 555-0132": "*+1 415-555-0132* from chat `" + bottest.ChatID + "` is recorded.",
		"":                                 "Usage: `/linq-remove &lt;chatId&gt; &lt;handle&gt;`",
		bottest.ChatID + " <!channel>":     "&lt;!channel&gt;",
	} {
		e := newEdge(t, func(c *Config) { c.Commands = map[string]Command{testCommand: removeCommand(t)} })
		got := said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form(text).Encode())))
		assert.Assert(t, strings.Contains(got, want), got)
		assert.Assert(t, !strings.Contains(got, "<"), got)
	}
}
