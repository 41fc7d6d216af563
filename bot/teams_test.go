package bot

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

const (
	notYet   = "⚠️ linqbot has not yet learned from Slack which workspace it serves, so nothing was done. Try again in a minute."
	notThis  = "⛔ This linqbot does not serve this workspace. Nothing was done."
	recorded = "Recorded."
)

func TestWhoseCommandsAreServed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name             string
		served           []string
		team, enterprise string
		want             string
	}{
		{"the team", []string{"T1"}, "T1", "", recorded},
		{"the team, in an organisation", []string{"T1"}, "T1", "E1", recorded},
		{"the organisation", []string{"E1"}, "T2", "E1", recorded},
		{"one of several", []string{"T1", "T2"}, "T2", "", recorded},
		{"another team", []string{"T1"}, "T2", "", notThis},
		{"another team of the organisation", []string{"T1"}, "T2", "E1", notThis},
		{"another organisation", []string{"E1"}, "T1", "E2", notThis},
		{"no team", []string{"T1"}, "", "", notThis},
		{"no team, and an empty one served", []string{""}, "", "", notThis},
		{"nobody is known yet", nil, "T1", "", notYet},
		{"nobody is known yet, and no team", nil, "", "", notYet},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, func(c *Config) { c.Teams = knownTeams(t, tc.served...) })
				f := form("hello")
				f.Set("team_id", tc.team)
				if tc.enterprise != "" {
					f.Set("enterprise_id", tc.enterprise)
				}
				assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, f.Encode()))), tc.want)
				assert.Equal(t, len(e.command.runs()) == 1, tc.want == recorded)
			})
		})
	}
}

// The very first commands after the very first start wait a moment, so that a start is no reason to
// turn anybody away.
func TestTheFirstCommandsWaitForSlack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := slacktest.New(slacktest.Config{})
		fake.Inject(slacktest.Fault{Method: "auth.test", Delay: 900 * time.Millisecond, Times: 1})
		teams, _ := learner(t, fake, new(settings))
		e := newEdge(t, func(c *Config) { c.Teams = teams })
		go teams.Learn(t.Context())
		began := time.Now()
		assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode()))), recorded)
		assert.Equal(t, time.Since(began), 900*time.Millisecond)
	})
	synctest.Test(t, func(t *testing.T) {
		teams, _ := learner(t, slacktest.New(slacktest.Config{}), new(settings))
		e := newEdge(t, func(c *Config) { c.Teams = teams })
		began := time.Now()
		assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode()))), notYet)
		assert.Assert(t, time.Since(began) <= ackTime, "took %s", time.Since(began))
	})
}

// serves asks without patience.
func serves(teams *Teams, team, enterprise string) bool {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	why, _ := teams.refuse(ctx, team, enterprise)
	return len(why) == 0
}

// memoryClient talks to a handler without a network, so that it works in a bubble of synctest.
type memoryClient struct{ handler http.Handler }

func (c memoryClient) Do(r *http.Request) (response *http.Response, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the connection was cut")
		}
	}()
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// slackOver is a client whose Slack is a fake without a network, behind what the test puts before it.
func slackOver(fake *slacktest.Slack, served http.Handler) *slack.Client {
	return slack.New(fake.Config().BotToken, slack.OptionAPIURL("http://slack.test/api/"), slack.OptionHTTPClient(memoryClient{served}))
}

// learner is a Teams whose Slack is a fake without a network.
func learner(t *testing.T, fake *slacktest.Slack, kept *settings, ids ...string) (*Teams, *lines) {
	t.Helper()
	logger, log := newLog()
	teams, err := NewTeams(t.Context(), TeamsConfig{
		IDs: ids, Settings: kept, Logger: logger,
		Slack: slackOver(fake, fake),
	})
	assert.NilError(t, err)
	return teams, log
}

func TestTheTeamIsLearnedAndKept(t *testing.T) {
	t.Parallel()
	fake, kept := slacktest.New(slacktest.Config{}), new(settings)
	teams, _ := learner(t, fake, kept)
	assert.Assert(t, !serves(teams, testTeam, ""))

	teams.Learn(t.Context())
	assert.Assert(t, serves(teams, testTeam, ""))
	assert.Assert(t, !serves(teams, "T0OTHER", ""))
	assert.Equal(t, teams.renderer().workspace, "https://acme.slack.com")
	assert.DeepEqual(t, kept.all(), map[string]string{settingTeams: testTeam, settingWorkspace: "https://acme.slack.com/"})

	// The next start finds Slack out, and knows all the same.
	fake.Inject(slacktest.Fault{Drop: slacktest.BeforeEffect})
	again, _ := learner(t, fake, kept)
	assert.Assert(t, serves(again, testTeam, ""))
	assert.Assert(t, !serves(again, "T0OTHER", ""))
	assert.Equal(t, again.renderer().workspace, "https://acme.slack.com")
}

func TestNamedTeamsWin(t *testing.T) {
	t.Parallel()
	kept := &settings{kept: map[string]string{settingTeams: "T0KEPT"}}
	teams, _ := learner(t, slacktest.New(slacktest.Config{}), kept, "T0NAMED", "E0NAMED")
	check := func() {
		t.Helper()
		assert.Assert(t, serves(teams, "T0NAMED", ""))
		assert.Assert(t, serves(teams, "T0ANY", "E0NAMED"))
		for _, other := range []string{"T0KEPT", testTeam} {
			assert.Assert(t, !serves(teams, other, ""), other)
		}
	}
	check()
	teams.Learn(t.Context())
	check()
	assert.Equal(t, teams.renderer().workspace, "https://acme.slack.com", "links need the workspace in any case")
}

// Slack is asked until it answers, at longer and longer intervals.
func TestLearningOutlastsTrouble(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacktest.Fault{
		"no answer":             {Drop: slacktest.BeforeEffect},
		"5xx":                   {Status: http.StatusServiceUnavailable},
		"429":                   {RetryAfter: time.Second},
		"invalid_auth":          {Error: "invalid_auth"},
		"not ok, without error": {NoError: true},
		"ok, and no team":       {RawBody: `{"ok":true}`},
		"a page":                {RawBody: "<html>back soon</html>"},
		"a redirect":            {Redirect: "https://elsewhere.test/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake, kept := slacktest.New(slacktest.Config{}), new(settings)
				const failures = 9
				fault.Times = failures
				fake.Inject(fault)
				teams, log := learner(t, fake, kept)
				began := time.Now()
				done := make(chan struct{})
				go func() { teams.Learn(t.Context()); close(done) }()

				time.Sleep(time.Second - time.Nanosecond) // the moment before the second try
				synctest.Wait()
				assert.Equal(t, len(fake.Calls()), 1)
				assert.Assert(t, !serves(teams, testTeam, ""))
				assert.Equal(t, len(kept.all()), 0, "kept what nobody said")
				<-done
				// 1+2+4+8+16+32 s, then a minute each.
				assert.Equal(t, time.Since(began), 63*time.Second+3*time.Minute)
				assert.Equal(t, len(fake.Calls()), failures+1)
				assert.Assert(t, serves(teams, testTeam, ""))
				assert.Equal(t, strings.Count(log.String(), "asking again"), failures)
				assert.Assert(t, !strings.Contains(log.String(), fake.Config().BotToken), log)
			})
		})
	}
}

func TestLearningEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := slacktest.New(slacktest.Config{})
		fake.Inject(slacktest.Fault{Status: http.StatusBadGateway})
		teams, _ := learner(t, fake, new(settings))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		teams.Learn(ctx)
		assert.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
	})
}

func TestALedgerThatDoesNotAnswerStopsTheStart(t *testing.T) {
	t.Parallel()
	logger, _ := newLog()
	broken := errors.New("the disk is gone")
	_, err := NewTeams(t.Context(), TeamsConfig{Settings: &settings{err: broken}, Logger: logger})
	assert.ErrorIs(t, err, broken)
}

func TestGroupMembers(t *testing.T) {
	t.Parallel()
	fake := slacktest.New(slacktest.Config{})
	fake.AddGroup(slacktest.Group{ID: "S0OPS", Members: []string{ada, grace}})
	fake.AddGroup(slacktest.Group{ID: "S0EMPTY"})
	groups := Groups{Slack: slackOver(fake, fake)}

	members, err := groups.GroupMembers(t.Context(), "S0OPS")
	assert.NilError(t, err)
	assert.DeepEqual(t, members, []string{ada, grace})
	for _, group := range []string{"S0EMPTY", "S0NONE"} {
		_, err := groups.GroupMembers(t.Context(), group)
		assert.Assert(t, err != nil, group)
	}
	fake.Inject(slacktest.Fault{NoError: true, Times: 1})
	_, err = groups.GroupMembers(t.Context(), "S0OPS")
	assert.Assert(t, err != nil, "a refusal without a reason lets nobody in")
}
