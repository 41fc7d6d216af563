package slacktest_test

import (
	"context"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

func TestAnOutageKeepsAddressAndState(t *testing.T) {
	fake := slacktest.New(slacktest.Config{})
	fake.AddChannel(slacktest.Channel{ID: ops, BotMember: true})
	stop, err := fake.Serve()
	assert.NilError(t, err)
	url := fake.URL()
	api := client(fake, fake.Config().BotToken)
	_, _, err = api.PostMessageContext(t.Context(), ops, text("before"))
	assert.NilError(t, err)

	stop()
	stop() // once is enough, twice is harmless
	_, _, err = api.PostMessageContext(t.Context(), ops, text("during"))
	assert.ErrorContains(t, err, "connection refused")

	stop, err = fake.Serve()
	assert.NilError(t, err)
	defer stop()
	assert.Equal(t, fake.URL(), url)
	_, _, err = api.PostMessageContext(t.Context(), ops, text("after"))
	assert.NilError(t, err)
	assert.Equal(t, len(fake.Messages(ops)), 2)
}

func TestStoppingEndsCallsThatHang(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	_, err := fake.Serve() // it serves already
	assert.ErrorContains(t, err, "address already in use")

	second := slacktest.New(slacktest.Config{})
	stop, err := second.Serve()
	assert.NilError(t, err)
	second.Inject(slacktest.Fault{Delay: time.Hour})
	answered := make(chan error, 1)
	go func() {
		_, err := client(second, second.Config().BotToken).AuthTestContext(t.Context())
		answered <- err
	}()
	assert.NilError(t, second.Await(t.Context(), func(s *slacktest.Slack) bool { return len(s.Calls()) == 1 }))
	stop()
	assert.ErrorContains(t, <-answered, "EOF")
	_, err = api.AuthTestContext(t.Context())
	assert.NilError(t, err)
}

func TestAwaitSeesChangesAndGivesUp(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	seen := make(chan int, 10)
	go func() {
		for range 2 { // each message comes only when what was there before has been seen
			<-seen
			fake.PostAs(ada, ops, "", "hello")
		}
	}()
	assert.NilError(t, fake.Await(t.Context(), func(s *slacktest.Slack) bool {
		n := len(s.Messages(ops))
		seen <- n
		return n == 2
	}))
	assert.Equal(t, len(fake.Messages(ops)), 2)

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	err := fake.Await(ctx, func(*slacktest.Slack) bool { return false })
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}
