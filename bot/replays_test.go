package bot

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/ingress"
	"linqbot/commands/invocation"
	"linqbot/commands/richtext"
)

// sentAgain is a request with the bytes and the headers of another.
func sentAgain(r *http.Request, body string) *http.Request {
	again := httptest.NewRequest(http.MethodPost, r.URL.Path, strings.NewReader(body))
	again.Header = r.Header.Clone()
	return again
}

func TestTheSameBytesAreAnsweredOnce(t *testing.T) {
	t.Parallel()
	noTrigger := form("hello")
	noTrigger.Del("trigger_id")
	for name, tc := range map[string]struct {
		body  string
		again func(*http.Request)
	}{
		"as they were":      {form("hello").Encode(), nil},
		"without a trigger": {noTrigger.Encode(), nil},
		"an upper-case digest": {noTrigger.Encode(), func(r *http.Request) {
			cutSignature(r, func(s string) string { return "v0=" + strings.ToUpper(s[3:]) })
		}},
		"called a retry": {form("hello").Encode(), func(r *http.Request) { r.Header.Set("X-Slack-Retry-Num", "1") }},
		"with a query":   {form("hello").Encode(), func(r *http.Request) { r.URL.RawQuery = "x=1" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var refusals []ingress.Refusal
			e := newEdge(t, func(c *Config) { c.Refused = func(why ingress.Refusal) { refusals = append(refusals, why) } })
			first := signedRequest(t, CommandsPath, testSecret, tc.body)
			second := sentAgain(first, tc.body)
			if tc.again != nil {
				tc.again(second)
			}
			assert.Equal(t, said(t, e.serve(first)), "Recorded.")
			got := e.serve(second)
			assert.Equal(t, got.status, http.StatusOK)
			assert.Equal(t, got.body, "")
			assert.Equal(t, len(e.command.runs()), 1)
			assert.DeepEqual(t, refusals, []ingress.Refusal{ingress.Replayed})
		})
	}
}

// Slack signs a retry anew, and a person who types the same again has another trigger: both are served.
func TestAnotherSignatureIsAnotherDelivery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t)
		for range 2 {
			assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode()))), "Recorded.")
			time.Sleep(time.Second)
		}
		assert.Equal(t, len(e.command.runs()), 2)
	})
}

// What was not answered with success may come again.
func TestAFailureIsNoAnswer(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	broken := true
	e.command.do = func(invocation.Invocation) richtext.Answer {
		if broken {
			panic("broken")
		}
		return richtext.Answer{richtext.Say("Recorded.")}
	}
	body := form("hello").Encode()
	r := signedRequest(t, CommandsPath, testSecret, body)
	again := sentAgain(r, body)
	assert.Equal(t, e.serve(r).status, http.StatusInternalServerError)
	broken = false
	assert.Equal(t, said(t, e.serve(again)), "Recorded.")
}

// An answer that came too late does not count: a proxy may send the bytes once more.
func TestAnAnswerThatNobodyHeardIsNone(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	gone, hangUp := context.WithCancel(t.Context())
	e.command.do = func(invocation.Invocation) richtext.Answer {
		hangUp()
		return richtext.Answer{richtext.Say("Recorded.")}
	}
	body := form("hello").Encode()
	r := signedRequest(t, CommandsPath, testSecret, body)
	again := sentAgain(r, body)
	e.serve(r.WithContext(gone))
	assert.Equal(t, said(t, e.serve(again)), "Recorded.")
	assert.Equal(t, len(e.command.runs()), 2)
}

// Of the same bytes side by side one is served, and the others wait for how that ends.
func TestTheSameBytesSideBySide(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	running := make(chan struct{})
	e.command.do = func(invocation.Invocation) richtext.Answer {
		<-running
		return richtext.Answer{richtext.Say("Recorded.")}
	}
	body := form("hello").Encode()
	r := signedRequest(t, CommandsPath, testSecret, body)
	var answers sync.WaitGroup
	var spoken atomic.Int32
	for range 20 {
		again := sentAgain(r, body)
		answers.Go(func() {
			got := e.serve(again)
			assert.Check(t, got.status == http.StatusOK)
			if got.body != "" {
				spoken.Add(1)
			}
		})
	}
	close(running)
	answers.Wait()
	assert.Equal(t, spoken.Load(), int32(1))
	assert.Equal(t, len(e.command.runs()), 1)
}

// A bot that takes another's place when the settings are read again knows what that one answered.
func TestBotsShareWhatWasAnswered(t *testing.T) {
	t.Parallel()
	replays := ingress.NewReplays()
	share := func(c *Config) { c.Replays = replays }
	before, after := newEdge(t, share), newEdge(t, share)
	body := form("hello").Encode()
	r := signedRequest(t, CommandsPath, testSecret, body)
	again := sentAgain(r, body)
	assert.Equal(t, said(t, before.serve(r)), "Recorded.")
	assert.Equal(t, after.serve(again).body, "")
	assert.Equal(t, len(after.command.runs()), 0)
}
