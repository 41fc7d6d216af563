package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands/invocation"
	"linqbot/commands/richtext"
)

func TestACommandArrivesAsItWasSent(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	text := bottest.ChatID + " +1 (415) 555‑0132, ann+x@example.com\n& <tel:+14155550133|5550133> %41 ü"
	said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form(text).Encode())))
	want := []invocation.Invocation{{
		Delivery: "13345224609.738474920.8088930838d88f008e0", TeamID: bottest.Team, ChannelID: bottest.Ops, UserID: bottest.Ada,
		Text: text, ResponseURL: "https://hooks.slack.com/commands/1",
	}}
	assert.Assert(t, cmp.Equal(e.command.runs(), want), cmp.Diff(want, e.command.runs()))
}

// The name of a delivery tells one of the same bytes from another, however its signature is spelled.
func TestADeliveryWithoutATriggerIsNamedByItsSignature(t *testing.T) {
	t.Parallel()
	f := form("hello")
	f.Del("trigger_id")
	r := signedRequest(t, CommandsPath, testSecret, f.Encode())
	named := func(r *http.Request) string {
		e := newEdge(t) // each knows nothing of the others
		e.serve(r)
		runs := e.command.runs()
		assert.Equal(t, len(runs), 1)
		return runs[0].Delivery
	}
	again := func(header http.Header) *http.Request {
		copied := httptest.NewRequest(http.MethodPost, CommandsPath, strings.NewReader(f.Encode()))
		copied.Header = header
		return copied
	}
	upper := r.Header.Clone()
	upper.Set(slacktest.SignatureHeader, "v0="+strings.ToUpper(strings.TrimPrefix(r.Header.Get(slacktest.SignatureHeader), "v0=")))
	first := named(r)
	sum := sha256.Sum256([]byte(r.Header.Get(slacktest.SignatureHeader)))
	assert.Equal(t, first, "signature-"+hex.EncodeToString(sum[:]))
	assert.Equal(t, named(again(r.Header)), first)
	assert.Equal(t, named(again(upper)), first)
	f.Set("text", "something else")
	other := named(signedRequest(t, CommandsPath, testSecret, f.Encode()))
	assert.Assert(t, other != first && other != "")
}

func TestAnUnknownCommandIsAnswered(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"/linq-add":               "linqbot does not know the command `/linq-add`.",
		"linq-remove":             "linqbot does not know the command `linq-remove`.",
		"/LINQ-REMOVE":            "linqbot does not know the command `/LINQ-REMOVE`.",
		"`<!channel>`":            "linqbot does not know the command `ˋ&lt;!channel&gt;ˋ`.",
		strings.Repeat("x", 5000): "linqbot does not know the command `xxx",
	} {
		e := newEdge(t)
		f := form("hello")
		f.Set("command", name)
		got := said(t, e.serve(signedRequest(t, CommandsPath, testSecret, f.Encode())))
		assert.Assert(t, strings.HasPrefix(got, want), got)
		assert.Equal(t, len(e.command.runs()), 0)
	}
}

// Recording has less time than Slack gives, so that a ledger that hangs still leaves time to say so.
func TestTheCommandHasLessTimeThanSlackGives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, func(c *Config) {
			c.Commands = map[string]Command{testCommand: commandFunc(func(ctx context.Context) richtext.Answer {
				<-ctx.Done()
				return richtext.Answer{richtext.Say("Not recorded.")}
			})}
		})
		began := time.Now()
		assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode()))), "Not recorded.")
		assert.Assert(t, time.Since(began) <= 2500*time.Millisecond, "took %s", time.Since(began))
	})
}

type commandFunc func(ctx context.Context) richtext.Answer

func (f commandFunc) Run(ctx context.Context, _ invocation.Invocation) richtext.Answer { return f(ctx) }

func TestAnAnswerOfManyParagraphs(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.command.do = func(invocation.Invocation) richtext.Answer {
		var answer richtext.Answer
		for range 80 {
			answer = append(answer, richtext.Say("A paragraph with %s.", richtext.Name(strings.Repeat("&", 300))))
		}
		return answer
	}
	got := said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode())))
	assert.Assert(t, strings.HasPrefix(got, "A paragraph with *&amp;"), got)
}
