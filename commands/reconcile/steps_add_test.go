package reconcile_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

const (
	there   = "reading the chat: seen_there"
	showsIt = "the chat shows that they are in it"
)

func TestPreflightOfAnAddition(t *testing.T) {
	t.Parallel()
	goesAhead := result{State: ledger.Sent, MayHaveReached: true, Calls: 1, Effects: 1, Waits: once(0), History: []string{asked, queued}}
	settled := func(state ledger.State, reason string) result {
		return result{State: state, Reason: reason, Waits: once(0), History: []string{"reading the chat: " + reason}}
	}
	html := linqtest.Fault{Status: http.StatusNotFound, RawBody: "<html><h1>404</h1></html>"}
	scenarios := []scenario{
		{name: "listed as removed", runs: []func(*env){nothing}, want: goesAhead},
		{name: "listed as left", chat: without(ada, linq.StatusLeft), runs: []func(*env){nothing}, want: goesAhead},
		{name: "not listed", chat: group(ben, carla, dan), runs: []func(*env){nothing}, want: goesAhead},
		{name: "a one-to-one chat", chat: linqtest.OneToOne(line, ada), runs: []func(*env){nothing}, want: settled("refused", "not_a_group")},
		{name: "in it already", chat: group(ada, ben, carla), runs: []func(*env){nothing}, want: settled("already_there", "seen_there")},
		{
			name: "no such chat", runs: []func(*env){func(e *env) {
				e.records.set(func(r *ledger.Request) { r.ChatID = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11" })
			}},
			want: settled("refused", "no_such_chat"),
		},
		{name: "the chat is a 404 of a proxy", runs: []func(*env){failing(linqtest.GetChat, html)}, want: goesAhead},
	}
	for name, fault := range unreadable() {
		scenarios = append(scenarios, scenario{name: "reading: " + name, runs: []func(*env){failing(linqtest.GetChat, fault)}, want: goesAhead})
	}
	tellOfAdditions(t, scenarios)
}

func tellOfAdditions(t *testing.T, scenarios []scenario) {
	t.Helper()
	for i := range scenarios {
		scenarios[i].kind = ledger.Add
	}
	runScenarios(t, scenarios)
}

func TestTheSpellingOfAnAddition(t *testing.T) {
	t.Parallel()
	const typed, listed = "carla@example.com", "Carla@Example.com"
	chat := func(people ...linqtest.Person) linqtest.Chat {
		c := group(ada, ben, dan)
		c.People = append(c.People, people...)
		return c
	}
	for _, test := range []struct {
		name string
		chat linqtest.Chat
		sent string
	}{
		{"the chat's own, who was removed", chat(linqtest.Person{Handle: listed, Status: "removed"}), listed},
		{"the chat's own, who left", chat(linqtest.Person{Handle: listed, Status: "left"}), listed},
		{"the stored one", chat(), typed},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, test.chat, typed)
				e.adds()
				e.remove()
				calls := e.linq.Calls()
				assert.Equal(t, calls[len(calls)-1].Op, linqtest.Add)
				assert.Equal(t, calls[len(calls)-1].Handle, test.sent)
				assert.Equal(t, e.linq.Count(linqtest.Remove), 0)
				assert.Equal(t, e.effects(), 1)
			})
		})
	}
}

// After a try that may have reached Linq, what the chat shows decides.
func TestDoubtOfAnAddition(t *testing.T) {
	t.Parallel()
	var (
		lost      = failing(linqtest.Add, linqtest.Fault{Drop: linqtest.AfterEffect})
		lostEarly = failing(linqtest.Add, linqtest.Fault{Drop: linqtest.BeforeEffect})
		turned    = failing(linqtest.Add, linqtest.Fault{Status: 429, Code: 1007})
		blind     = failing(linqtest.GetChat, linqtest.Fault{Status: 500, Code: 3006})
		blinder   = func(e *env) { e.linq.Fail(linqtest.GetChat, 2, linqtest.Fault{Status: 500, Code: 3006}) }
		come      = (*env).come
	)
	const (
		noAnswer = "Linq did not answer; trying again in 1s"
		tooMany  = "Linq answered 429, code 1007; trying again in 1s"
	)
	seconds := func(counts ...int) []time.Duration {
		var waits []time.Duration
		for _, n := range counts {
			waits = append(waits, time.Duration(n)*time.Second)
		}
		return waits
	}
	scenarios := []scenario{
		{
			name: "the answer is lost, the effect is not", runs: []func(*env){lost, nothing},
			want: result{"added", "seen_there", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, there}},
		},
		{
			name: "the answer takes too long, the effect does not",
			runs: []func(*env){failing(linqtest.Add, linqtest.Fault{Delay: time.Minute}), nothing},
			want: result{"added", "seen_there", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, there}},
		},
		{
			name: "500, then they came by themselves",
			runs: []func(*env){failing(linqtest.Add, linqtest.Fault{Status: 500, Code: 3006}), come},
			want: result{"added", "seen_there", true, 1, 0, seconds(1, 0), []string{asked, "Linq answered 500, code 3006; trying again in 1s", there}},
		},
		{
			name: "429, then they came by themselves", runs: []func(*env){turned, come},
			want: result{"already_there", "seen_there", false, 1, 0, seconds(1, 0), []string{asked, tooMany, there}},
		},
		{
			name: "refused connection, then they came by themselves",
			runs: []func(*env){func(e *env) { e.linq.RefuseConnections(http.MethodPost) }, come},
			want: result{"already_there", "seen_there", false, 0, 0, seconds(1, 0), []string{asked, noAnswer, there}},
		},
		{
			name: "lost before its effect: asked again", runs: []func(*env){lostEarly, nothing},
			want: result{"sent", "", true, 2, 1, seconds(1, 0), []string{asked, noAnswer, asked2, queued}},
		},
		{
			name: "lost while it is queued: asked again, done once", config: linqtest.Config{EffectDelay: 10 * time.Second},
			runs: []func(*env){lost, nothing, func(e *env) { time.Sleep(time.Minute) }},
			want: result{"sent", "", true, 2, 1, seconds(1, 0, 0), []string{asked, noAnswer, asked2, queued}},
		},
		{
			name: "unread, and in it already: Linq says so, and the chat shows it", chat: group(ada, ben, carla), runs: []func(*env){blind, nothing},
			want: result{"already_there", "seen_there", false, 1, 0, seconds(1, 0), []string{
				asked, "Linq answered 409, code 2015; trying again in 1s", there,
			}},
		},
	}
	for name, second := range map[string]struct {
		fault linqtest.Fault
		said  string
	}{
		"404":      {linqtest.Fault{Status: 404, Code: 2001}, "Linq answered 404, code 2001"},
		"404 HTML": {linqtest.Fault{Status: 404, RawBody: "<html>"}, "Linq answered 404, code 0"},
		"409":      {linqtest.Fault{Status: 409, Code: 2013}, "Linq answered 409, code 2013"},
	} {
		no := failing(linqtest.Add, second.fault)
		scenarios = append(scenarios,
			scenario{
				name: "then " + name + ", and the chat shows them", runs: []func(*env){lost, both(blind, no)},
				want: result{"added", "seen_there", true, 2, 1, seconds(1, 0), []string{asked, noAnswer, asked2, second.said + "; " + showsIt}},
			},
			scenario{
				name: "then " + name + ", and they are not in it", runs: []func(*env){lostEarly, no},
				want: result{"refused", reasonIn(second.fault), true, 2, 0, seconds(1, 0), []string{asked, noAnswer, asked2, second.said}},
			},
			scenario{
				name: "then " + name + ", and the chat cannot be read", runs: []func(*env){lost, both(blinder, no), nothing},
				want: result{"added", "seen_there", true, 2, 1, seconds(1, 2, 0), []string{
					asked, noAnswer, asked2, second.said + ", and the chat could not be read; trying again in 2s", there,
				}},
			},
		)
	}
	tellOfAdditions(t, scenarios)
}

func TestAnAdditionLogsNoHandle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newAddEnv(t, linqtest.Config{})
		var logged bytes.Buffer
		logger := logrus.New()
		logger.SetOutput(&logged)
		logger.SetLevel(logrus.TraceLevel)
		logger.SetFormatter(&logrus.JSONFormatter{})
		e.steps = reconcile.NewSteps(reconcile.StepsConfig{Chats: e.client, Records: e.records, Logger: logger})
		e.linq.Fail(linqtest.Add, 1, linqtest.Fault{Status: 503, Code: 4004})
		e.follow()
		e.watch()
		assert.Equal(t, e.records.request().State, ledger.Added)
		assert.Assert(t, strings.Contains(logged.String(), `"msg":"addition ended"`), logged.String())
		for _, text := range append(e.records.history(), logged.String()) {
			assert.Assert(t, !strings.Contains(text, "0132"), text)
		}
	})
}
