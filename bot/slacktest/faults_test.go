package slacktest_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

func TestFaultsAsTheClientSeesThem(t *testing.T) {
	code := func(want int) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			var status slack.StatusCodeError
			assert.Assert(t, errors.As(err, &status), "%v", err)
			assert.Equal(t, status.Code, want)
		}
	}
	cases := map[string]struct {
		fault slacktest.Fault
		check func(*testing.T, error)
	}{
		"error":    {slacktest.Fault{Error: "fatal_error"}, func(t *testing.T, err error) { wantCode(t, err, "fatal_error") }},
		"status":   {slacktest.Fault{Status: 503}, code(503)},
		"redirect": {slacktest.Fault{Redirect: "http://127.0.0.1:1/"}, code(302)},
		"429": {slacktest.Fault{RetryAfter: 1500 * time.Millisecond}, func(t *testing.T, err error) {
			var limited *slack.RateLimitedError
			assert.Assert(t, errors.As(err, &limited), "%v", err)
			assert.Equal(t, limited.RetryAfter, 2*time.Second)
		}},
		"raw":     {slacktest.Fault{RawBody: "<html>"}, func(t *testing.T, err error) { assert.ErrorContains(t, err, "invalid character") }},
		"drop":    {slacktest.Fault{Drop: slacktest.BeforeEffect}, func(t *testing.T, err error) { assert.ErrorContains(t, err, "EOF") }},
		"unnamed": {slacktest.Fault{NoError: true}, func(t *testing.T, err error) { assert.NilError(t, err) }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			fake, api := start(t, slacktest.Config{})
			for _, withEffect := range []bool{false, true} {
				c.fault.Times, c.fault.WithEffect = 1, withEffect
				fake.Inject(c.fault)
				_, ts, err := api.PostMessageContext(t.Context(), ops, text("hello"))
				c.check(t, err)
				assert.Equal(t, ts, "")
				assert.Equal(t, len(fake.Messages(ops)) == 1, withEffect)
			}
			_, _, err := api.PostMessageContext(t.Context(), ops, text("hello"))
			assert.NilError(t, err, "the fault is spent")
		})
	}
}

func TestALostAnswerTookEffect(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	fake.Inject(slacktest.Fault{Drop: slacktest.AfterEffect})
	_, _, err := api.PostMessageContext(t.Context(), ops, text("hello"))
	assert.ErrorContains(t, err, "EOF")
	assert.Equal(t, len(fake.Messages(ops)), 1)

	calls := fake.Calls()
	assert.Equal(t, len(calls), 1)
	assert.Equal(t, calls[0].Error, "dropped")
	assert.Equal(t, calls[0].Status, 0)
}

func TestFaultsChooseTheirCalls(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	fake.AddChannel(slacktest.Channel{ID: "C0OTHER", BotMember: true})
	fake.Inject(slacktest.Fault{Method: "chat.update", Error: "fatal_error"})
	fake.Inject(slacktest.Fault{Method: "chat.postMessage", Channel: "C0OTHER", Error: "restricted_action_thread_locked", Times: 2})

	_, ts, err := api.PostMessageContext(t.Context(), ops, text("hello"))
	assert.NilError(t, err)
	for range 2 {
		_, _, err = api.PostMessageContext(t.Context(), "C0OTHER", text("hello"))
		wantCode(t, err, "restricted_action_thread_locked")
	}
	_, _, err = api.PostMessageContext(t.Context(), "C0OTHER", text("hello"))
	assert.NilError(t, err)
	for range 3 {
		_, _, _, err = api.UpdateMessageContext(t.Context(), ops, ts, text("x"))
		wantCode(t, err, "fatal_error")
	}
	fake.ClearFaults()
	_, _, _, err = api.UpdateMessageContext(t.Context(), ops, ts, text("x"))
	assert.NilError(t, err)
}

func TestChaosChoosesAtEachCall(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	calls := 0
	fake.Chaos(func(method string) *slacktest.Fault {
		if calls++; calls%2 == 0 {
			return nil
		}
		return &slacktest.Fault{Status: http.StatusInternalServerError}
	})
	var failed int
	for range 10 {
		if _, _, err := api.PostMessageContext(t.Context(), ops, text("hello")); err != nil {
			failed++
		}
	}
	assert.Equal(t, failed, 5)
	assert.Equal(t, len(fake.Messages(ops)), 5)
}

func TestADelayEndsWhenTheClientGoesAway(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	fake.Inject(slacktest.Fault{Delay: time.Hour})

	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	go func() {
		_, _, err := api.PostMessageContext(ctx, ops, text("hello"))
		answered <- err
	}()
	assert.NilError(t, fake.Await(t.Context(), func(s *slacktest.Slack) bool { return len(s.Calls()) == 1 }))
	cancel()
	assert.ErrorIs(t, <-answered, context.Canceled)
	assert.NilError(t, fake.Await(t.Context(), func(s *slacktest.Slack) bool { return s.Calls()[0].Error == "dropped" }))
	assert.Equal(t, len(fake.Messages(ops)), 0)
}

func TestADelayedCallStillTakesEffect(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	fake.Inject(slacktest.Fault{Delay: 30 * time.Millisecond})
	begin := time.Now()
	_, ts, err := api.PostMessageContext(t.Context(), ops, text("hello"))
	assert.NilError(t, err)
	assert.Assert(t, time.Since(begin) >= 30*time.Millisecond)
	assert.Equal(t, fake.Messages(ops)[0].TS, ts)
}

func TestTheJournalTellsEveryCall(t *testing.T) {
	fake, api := start(t, slacktest.Config{Now: newClock().now})
	_, _, err := api.PostMessageContext(t.Context(), ops, text("hello"))
	assert.NilError(t, err)
	_, _, err = api.PostMessageContext(t.Context(), "C0UNKNOWN", text("hello"))
	wantCode(t, err, "channel_not_found")

	calls := fake.Calls()
	assert.Equal(t, len(calls), 2)
	assert.Equal(t, calls[0].Method, "chat.postMessage")
	assert.Equal(t, calls[0].Channel, ops)
	assert.Equal(t, calls[0].Status, http.StatusOK)
	assert.Equal(t, calls[0].Error, "")
	assert.Equal(t, calls[0].Form.Get("text"), "hello")
	assert.Assert(t, !calls[0].Form.Has("token"))
	assert.Assert(t, calls[0].At.Equal(newClock().at))
	assert.Equal(t, calls[1].Error, "channel_not_found")
}

func TestRateLimits(t *testing.T) {
	clock := newClock()
	fake, api := start(t, slacktest.Config{Now: clock.now, RateLimits: map[string]slacktest.RateLimit{
		"chat.postMessage": {Every: time.Second, Burst: 2, PerChannel: true},
	}})
	fake.AddChannel(slacktest.Channel{ID: "C0OTHER", BotMember: true})
	say := func(channel string) error {
		_, _, err := api.PostMessageContext(t.Context(), channel, text("hello"))
		return err
	}
	assert.NilError(t, say(ops))
	assert.NilError(t, say(ops))
	var limited *slack.RateLimitedError
	assert.Assert(t, errors.As(say(ops), &limited))
	assert.Equal(t, limited.RetryAfter, time.Second)
	assert.NilError(t, say("C0OTHER"), "each channel has a limit of its own")

	clock.at = clock.at.Add(time.Second)
	assert.NilError(t, say(ops))
	assert.Assert(t, errors.As(say(ops), &limited))
	clock.at = clock.at.Add(time.Hour)
	assert.NilError(t, say(ops))
	assert.NilError(t, say(ops))
	assert.Assert(t, errors.As(say(ops), &limited), "an hour of silence saves up no more than the burst")
	assert.Equal(t, len(fake.Messages(ops)), 5)
}

func TestPostsAndUpdatesShareALimit(t *testing.T) {
	clock := newClock()
	fake, api := start(t, slacktest.Config{
		Now: clock.now, Messages: slacktest.RateLimit{Every: time.Second, Burst: 3},
		RateLimits: map[string]slacktest.RateLimit{"chat.update": {Every: time.Minute, Burst: 1}},
	})
	fake.AddChannel(slacktest.Channel{ID: "C0OTHER", BotMember: true})
	say := func(channel string) (string, error) {
		_, ts, err := api.PostMessageContext(t.Context(), channel, text("hello"))
		return ts, err
	}
	change := func(ts string) error {
		_, _, _, err := api.UpdateMessageContext(t.Context(), ops, ts, text("good-bye"))
		return err
	}
	ts, err := say(ops)
	assert.NilError(t, err)
	assert.NilError(t, change(ts))
	var limited *slack.RateLimitedError
	assert.Assert(t, errors.As(change(ts), &limited))
	assert.Equal(t, limited.RetryAfter, time.Minute, "the longest wait counts")
	_, err = say(ops)
	assert.NilError(t, err, "what one limit refuses another does not count")
	_, err = say(ops)
	assert.Assert(t, errors.As(err, &limited))
	assert.Equal(t, limited.RetryAfter, time.Second)
	last := fake.Calls()[len(fake.Calls())-1]
	assert.Equal(t, last.Status, http.StatusTooManyRequests)
	assert.Equal(t, last.Error, "ratelimited")
	_, err = say("C0OTHER")
	assert.NilError(t, err, "each channel has a limit of its own")

	clock.at = clock.at.Add(time.Minute)
	for range 2 {
		_, err = say(ops)
		assert.NilError(t, err)
	}
	assert.NilError(t, change(ts))
	_, err = say(ops)
	assert.Assert(t, errors.As(err, &limited))
}
