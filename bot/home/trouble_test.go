package home

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// When Slack asks for patience, all homes wait as long, and then show what is so by then.
func TestSlackAsksForPatience(t *testing.T) {
	inParlour(t, nil, func(p *parlour) {
		p.slack.AddUser(slacktest.User{ID: bottest.Grace, Name: "Grace"})
		p.slack.Inject(slacktest.Fault{Method: "views.publish", RetryAfter: 20 * time.Second, Times: 1})
		p.home.Opened(bottest.Team, bottest.Ada)
		synctest.Wait()
		assert.Equal(p.t, p.slack.Home(bottest.Ada), "")
		p.home.Opened(bottest.Team, bottest.Grace)
		p.turns(ledger.Sent)
		time.Sleep(20*time.Second - time.Millisecond)
		synctest.Wait()
		assert.Equal(p.t, len(p.slack.Calls()), 1)
		time.Sleep(time.Second)
		p.shows("has queued", 3)
		assert.Assert(p.t, p.slack.Home(bottest.Grace) != "")

		p.slack.Inject(slacktest.Fault{Method: "views.publish", RetryAfter: time.Second, Times: 1})
		p.home.Opened(bottest.Team, bottest.Ada)
		time.Sleep(time.Second)
		p.shows("has queued", 5) // they wait for no news

		p.slack.Inject(slacktest.Fault{Method: "views.publish", RetryAfter: time.Second})
		p.turns(ledger.Failed)
		p.wait()
		assert.Equal(p.t, len(p.slack.Calls()), 5+mostMisses)
		assert.Assert(p.t, strings.Contains(p.log.String(), "again and again"), p.log)
	})
}

// Homes that wait for others to be published wait for Slack as well, for as long as it wants, and are not
// given up for that.
func TestSlackAsksACrowdForPatience(t *testing.T) {
	const viewers, patience = 20, 5 * time.Minute
	var called atomic.Int32
	slow := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if called.Add(1) > 1 { // what is under way with the first ends after it
				time.Sleep(time.Second)
			}
			time.Sleep(time.Second)
			next.ServeHTTP(w, r)
		})
	}
	inParlour(t, slow, func(p *parlour) {
		p.slack.Inject(slacktest.Fault{Method: "views.publish", RetryAfter: patience, Times: 1})
		for i := range viewers {
			user := fmt.Sprint("U0VIEWER", i)
			p.slack.AddUser(slacktest.User{ID: user})
			p.home.Opened(bottest.Team, user)
		}
		time.Sleep(time.Second + patience - time.Millisecond)
		synctest.Wait()
		assert.Equal(p.t, int(called.Load()), homesAtOnce)
		p.wait()
		assert.Equal(p.t, len(p.slack.Calls()), viewers+1)
		for _, v := range p.home.viewers {
			assert.Assert(p.t, v.shown != "" && v.misses == 0, "%+v", v)
		}
	})
}

// What Slack refuses, or does not answer, is logged and forgotten; the next opening shows it.
func TestAHomeThatCannotBePublished(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault slacktest.Fault
		level string
	}{
		"the tab is off":    {slacktest.Fault{Error: "not_enabled"}, "info"},
		"no such token":     {slacktest.Fault{Error: "invalid_auth"}, "warning"},
		"not ok, no reason": {slacktest.Fault{NoError: true}, "warning"},
		"an outage":         {slacktest.Fault{Status: http.StatusServiceUnavailable}, "warning"},
		"cut":               {slacktest.Fault{Drop: slacktest.BeforeEffect}, "warning"},
	} {
		t.Run(name, func(t *testing.T) {
			inParlour(t, nil, func(p *parlour) {
				p.open()
				tc.fault.Method = "views.publish"
				tc.fault.Times = 1
				p.slack.Inject(tc.fault)
				time.Sleep(betweenNews)
				p.turns(ledger.Sent)
				p.wait()
				assert.Assert(p.t, strings.Contains(p.slack.Home(bottest.Ada), "is recorded"))
				assert.Assert(p.t, strings.Contains(p.log.String(), `"level":"`+tc.level+`","msg":"a home was not published`), p.log)
				time.Sleep(betweenNews)
				p.turns(ledger.Sent) // the same news again are news to Slack
				p.shows("has queued", 3)
			})
		})
	}
}

// After an answer that was lost it is not known what stands there.
func TestAHomeWhosePublicationWasLost(t *testing.T) {
	inParlour(t, nil, func(p *parlour) {
		p.open()
		p.slack.Inject(slacktest.Fault{Method: "views.publish", Drop: slacktest.AfterEffect, Times: 1})
		time.Sleep(betweenNews)
		p.turns(ledger.Sent)
		p.shows("has queued", 2)
		time.Sleep(betweenNews)
		p.turns(ledger.Accepted)
		p.shows("is recorded", 3)
	})
}

// A home that panics is one home.
func TestAHomeThatPanics(t *testing.T) {
	inParlour(t, nil, func(p *parlour) {
		records := p.home.cfg.Records
		p.home.cfg.Records = recentRequests{list: func(string) []ledger.Recent { panic("oops") }}
		p.home.Opened(bottest.Team, bottest.Ada)
		p.wait()
		assert.Assert(p.t, strings.Contains(p.log.String(), "a home ended in a panic"))
		p.home.cfg.Records = records
		p.open()
	})
}

// While the ledger does not answer, people go on seeing what they saw before.
func TestNewsThatCannotBeRead(t *testing.T) {
	inParlour(t, nil, func(p *parlour) {
		p.open()
		p.wait()
		p.home.cfg.Records = recentRequests{err: context.DeadlineExceeded}
		time.Sleep(betweenNews)
		p.turns(ledger.Sent)
		p.shows("is recorded", 1)
		assert.Assert(p.t, strings.Contains(p.log.String(), "stays as it was") && !strings.Contains(p.log.String(), "shows no requests"), p.log)
		p.home.Opened(bottest.Team, bottest.Ada)
		p.shows("cannot read its ledger", 2)
		assert.Assert(p.t, strings.Contains(p.log.String(), "a home shows no requests"), p.log)
	})
}

// The end of the process does not wait for news. It waits for homes that people wait for, and no longer than that
// takes.
func TestHomesAtTheEnd(t *testing.T) {
	inParlour(t, nil, func(p *parlour) {
		p.open()
		began := time.Now()
		p.turns(ledger.Sent)
		p.home.Drain()
		p.home.Drain()
		p.wait()
		assert.Equal(p.t, time.Since(began), time.Duration(0))
		p.shows("is recorded", 1)
		p.home.Opened(bottest.Team, bottest.Ada)
		p.wait()
		p.shows("has queued", 2)
		assert.Equal(p.t, time.Since(began), time.Duration(0))
	})
}

// A slow Slack holds up nobody who tells of news.
func TestNewsDoNotWaitForSlack(t *testing.T) {
	var released chan struct{}
	slow := func(next http.Handler) http.Handler {
		released = make(chan struct{}) // here, since it has to be of the bubble
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-released
			next.ServeHTTP(w, r)
		})
	}
	inParlour(t, slow, func(p *parlour) {
		began := time.Now()
		for i := range 2 * mostViewers {
			p.home.Opened(bottest.Team, fmt.Sprintf("U%d", i))
			p.turns(ledger.Sent)
		}
		p.home.Opened(bottest.Team, bottest.Ada)
		assert.Equal(p.t, time.Since(began), time.Duration(0))
		synctest.Wait()
		assert.Equal(p.t, p.home.running, mostViewers)
		assert.Assert(p.t, strings.Contains(p.log.String(), "too many are"))
		close(released)
		p.wait()
		assert.Equal(p.t, p.home.running, 0)
	})
}
