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
	"unicode/utf8"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
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
	logger, _ := newLog()
	return commands.NewRemove(commands.RemoveConfig{
		Policy: policy.Policy{Everyone: true}, Recorder: acceptAll{}, Region: "US", Logger: logger,
	})
}

// FuzzServeCommand has Slack sign whatever people type: everything is answered, and nothing in the
// answer breaks Slack's limits or calls anybody.
func FuzzServeCommand(f *testing.F) {
	f.Add(form(chatID + " " + ann).Encode())
	f.Add(form(chatID + " <!channel>").Encode())
	f.Add(form("`<@U1>` & help").Encode())
	f.Add("command=%2Flinq-remove&user_id=U1&team_id=" + testTeam + "&text=%ff%fe%00")
	f.Add("ssl_check=1")
	f.Add("%zz")
	for _, text := range []string{"help", chatID, chatID + " " + ann + ", " + bert, strings.Repeat("<", 4000), "\u202e" + chatID} {
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
		wantWhole(t, answer.Text)
	})
}

// The fuzz test's own workhorse, on commands that people really type.
func TestTheRealCommandThroughTheWholeEdge(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		chatID + " (415) 555-0132": "*+1 415-555-0132* from chat `" + chatID + "` is recorded.",
		"":                         "Usage: `/linq-remove &lt;chatId&gt; &lt;handle&gt;`",
		chatID + " <!channel>":     "&lt;!channel&gt;",
	} {
		e := newEdge(t, func(c *Config) { c.Commands = map[string]Command{testCommand: removeCommand(t)} })
		got := said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form(text).Encode())))
		assert.Assert(t, strings.Contains(got, want), got)
		assert.Assert(t, !strings.Contains(got, "<"), got)
	}
}

// FuzzCut cuts rendered text anywhere: what is left is whole.
func FuzzCut(f *testing.F) {
	f.Add("plain & <simple> *text*", "U0ADA", 40)
	f.Add(strings.Repeat("&", 50), "U0ADA", 21)
	f.Add("naïve — ünïcode 👩‍👩‍👧", "U0ADA", 12)
	f.Add("a;b&c>d", "", 9)
	f.Fuzz(func(t *testing.T, words, id string, longest int) {
		const shortest = 3
		if longest < shortest || longest > longestText || !utf8.ValidString(words) || !utf8.ValidString(id) {
			t.Skip()
		}
		r := renderer{workspace: "https://acme.slack.com"}
		whole := r.mrkdwn(richtext.Say("%s %s %s %s %s %s", words, richtext.Member(id), richtext.Name(words),
			richtext.Moment(time.Unix(1773480413, 0)), richtext.Message("C0OPS", "1773480413.000100", words), richtext.ID(words)))
		short := cut(whole, longest)
		assert.Assert(t, len(short) <= longest || short == whole, "%d bytes", len(short))
		wantWhole(t, short)
		wantWhole(t, whole)
	})
}

// wantWhole checks that mrkdwn is valid UTF-8 and ends in no half entity or half <…>.
func wantWhole(t testing.TB, text string) {
	t.Helper()
	assert.Assert(t, utf8.ValidString(text), "%q", text)
	for rest := text; ; {
		open := strings.IndexAny(rest, "<>")
		if open < 0 {
			break
		}
		assert.Equal(t, rest[open], byte('<'), "%q closes what it did not open", text)
		length := strings.IndexAny(rest[open+1:], "<>")
		assert.Assert(t, length >= 0 && rest[open+1+length] == '>', "%q does not close what it opens", text)
		rest = rest[open+1+length+1:]
	}
	for rest := text; ; {
		at := strings.IndexByte(rest, '&')
		if at < 0 {
			break
		}
		rest = rest[at:]
		entity := strings.HasPrefix(rest, "&amp;") || strings.HasPrefix(rest, "&lt;") || strings.HasPrefix(rest, "&gt;")
		assert.Assert(t, entity, "%q holds a half entity", text)
		rest = rest[1:]
	}
}

// The seeds of the fuzz tests never reach every length; this does.
func TestCutAtEveryLength(t *testing.T) {
	t.Parallel()
	r := renderer{workspace: "https://acme.slack.com"}
	whole := r.mrkdwn(richtext.Say("a; é %s 👍 %s &<>; %s %s", richtext.Name("<&>ü;&"), richtext.Member(ada),
		richtext.Moment(time.Unix(1773480413, 0)), richtext.Message(ops, "1773480413.000100", "the <thread> & more;")))
	for longest := 3; longest <= len(whole)+1; longest++ {
		short := cut(whole, longest)
		assert.Assert(t, len(short) <= longest)
		assert.Equal(t, short == whole, longest >= len(whole))
		assert.Assert(t, short == whole || strings.HasSuffix(short, "…"))
		wantWhole(t, short)
	}
}
