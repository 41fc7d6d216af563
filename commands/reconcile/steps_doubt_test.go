package reconcile_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// After a try that may have reached Linq, what the chat shows decides.
func TestDoubt(t *testing.T) {
	t.Parallel()
	var (
		lost      = failing(linqtest.Remove, linqtest.Fault{Drop: linqtest.AfterEffect})
		lostEarly = failing(linqtest.Remove, linqtest.Fault{Drop: linqtest.BeforeEffect})
		broken    = failing(linqtest.Remove, linqtest.Fault{Status: 500, Code: 3006})
		turned    = failing(linqtest.Remove, linqtest.Fault{Status: 429, Code: 1007})
		blind     = failing(linqtest.GetChat, linqtest.Fault{Status: 500, Code: 3006})
		blinder   = func(e *env) { e.linq.Fail(linqtest.GetChat, 2, linqtest.Fault{Status: 500, Code: 3006}) }
		unlist    = (*env).unlist
		leave     = (*env).leave
		reading   = func(fault linqtest.Fault) func(*env) { return failing(linqtest.GetChat, fault) }
	)
	const (
		noAnswer = "Linq did not answer; trying again in 1s"
		fiveHun  = "Linq answered 500, code 3006; trying again in 1s"
		tooMany  = "Linq answered 429, code 1007; trying again in 1s"
		unlisted = "reading the chat: not_in_chat"
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
			want: result{"removed", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "the same, and Linq no longer lists them", runs: []func(*env){lost, unlist},
			want: result{"removed", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "the same, and they were never seen listed", runs: []func(*env){both(blind, lost), unlist},
			want: result{"already_gone", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "never seen listed, but listed as gone", runs: []func(*env){both(blind, lost), nothing},
			want: result{"removed", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "the answer takes too long, the effect does not",
			runs: []func(*env){failing(linqtest.Remove, linqtest.Fault{Delay: time.Minute}), nothing},
			want: result{"removed", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "500, but it took effect", runs: []func(*env){failing(linqtest.Remove, linqtest.Fault{Status: 500, Code: 3006, WithEffect: true}), nothing},
			want: result{"removed", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, fiveHun, gone}},
		},
		{
			name: "500, then they left by themselves", runs: []func(*env){broken, leave},
			want: result{"removed", "seen_gone", true, 1, 0, seconds(1, 0), []string{asked, fiveHun, gone}},
		},
		{
			name: "429, then they left by themselves", runs: []func(*env){turned, leave},
			want: result{"already_gone", "seen_gone", false, 1, 0, seconds(1, 0), []string{asked, tooMany, gone}},
		},
		{
			name: "429, then they left and Linq no longer lists them", runs: []func(*env){turned, unlist},
			want: result{"already_gone", "seen_gone", false, 1, 0, seconds(1, 0), []string{asked, tooMany, gone}},
		},
		{
			name: "429 unseen, then not listed", runs: []func(*env){both(blind, turned), unlist},
			want: result{"refused", "not_in_chat", false, 1, 0, seconds(1, 0), []string{asked, tooMany, unlisted}},
		},
		{
			name: "refused connection, then they left by themselves",
			runs: []func(*env){func(e *env) { e.linq.RefuseConnections(http.MethodDelete) }, leave},
			want: result{"already_gone", "seen_gone", false, 0, 0, seconds(1, 0), []string{asked, noAnswer, gone}},
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
	}
	for name, second := range map[string]struct {
		fault linqtest.Fault
		said  string
	}{
		"404":      {linqtest.Fault{Status: 404, Code: 2001}, "Linq answered 404, code 2001"},
		"404 HTML": {linqtest.Fault{Status: 404, RawBody: "<html>"}, "Linq answered 404, code 0"},
		"409":      {linqtest.Fault{Status: 409, Code: 2013}, "Linq answered 409, code 2013"},
	} {
		no := failing(linqtest.Remove, second.fault)
		scenarios = append(scenarios,
			scenario{
				// The first reading fails on the second try, so that the DELETE goes out.
				name: "then " + name + ", and the chat shows them gone", runs: []func(*env){lost, both(blind, no)},
				want: result{"removed", "seen_gone", true, 2, 1, seconds(1, 0), []string{
					asked, noAnswer, asked2, second.said + "; the chat shows that they are gone",
				}},
			},
			scenario{
				name: "then " + name + ", and they are still active", runs: []func(*env){lostEarly, no},
				want: result{"refused", reasonIn(second.fault), true, 2, 0, seconds(1, 0), []string{asked, noAnswer, asked2, second.said}},
			},
			scenario{
				name: "then " + name + ", and the chat cannot be read", runs: []func(*env){lost, both(blinder, no), nothing},
				want: result{"removed", "seen_gone", true, 2, 1, seconds(1, 2, 0), []string{
					asked, noAnswer, asked2, second.said + ", and the chat could not be read; trying again in 2s", gone,
				}},
			},
			scenario{
				name: "then " + name + ", and there is no such chat any more",
				runs: []func(*env){lost, both(blind, reading(linqtest.Fault{Status: 404, Code: 2001}), no)},
				want: result{"refused", reasonIn(second.fault), true, 2, 1, seconds(1, 0), []string{asked, noAnswer, asked2, second.said}},
			},
		)
	}
	runScenarios(t, scenarios)
}

func reasonIn(fault linqtest.Fault) string {
	switch fault.Code {
	case 2001:
		return "linq_2001"
	case 2013:
		return "linq_2013"
	}
	return "http_404"
}

// Without a doubt, a 404 or 409 is believed, and the chat is not read a second time.
func TestWithoutDoubtARefusalIsBelieved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
		e.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 404, Code: 2001})
		e.remove()
		if n := e.linq.Count(linqtest.GetChat); n != 1 || e.records.request().State != ledger.Refused {
			t.Errorf("%d readings, %s", n, e.records.request().State)
		}
	})
}

// A chat that could not be read before the try is read before a 404 or 409 is called a failure.
func TestARefusalAfterAnUnreadChat(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before func(e *env)
		want   ledger.State
	}{
		"they had left":      {(*env).leave, ledger.AlreadyGone},
		"they are in it":     {func(*env) {}, ledger.Refused},
		"they never were":    {(*env).unlist, ledger.Refused},
		"it is unread still": {func(e *env) { e.linq.Fail(linqtest.GetChat, 2, linqtest.Fault{Status: 503, Code: 3007}) }, ledger.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
				e.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Status: 503, Code: 3007})
				test.before(e)
				e.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 404, Code: 2001})
				e.remove()
				if r := e.records.request(); r.State != test.want || e.linq.Count(linqtest.GetChat) != 2 {
					t.Errorf("%s (%s) after %d readings, want %s after 2", r.State, r.Reason, e.linq.Count(linqtest.GetChat), test.want)
				}
			})
		})
	}
}

// A 2xx is an acceptance, whatever its body.
func TestAcceptancesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	sent := func(history string) result {
		return result{State: ledger.Sent, MayHaveReached: true, Calls: 1, Effects: 1, Waits: once(0), History: []string{asked, history}}
	}
	var scenarios []scenario
	for _, test := range []struct {
		name  string
		fault linqtest.Fault
		said  string
	}{
		{"HTML", linqtest.Fault{RawBody: "<html>"}, queued},
		{"broken off", linqtest.Fault{RawBody: `{"status": "acc`}, queued},
		{"not what it should be", linqtest.Fault{RawBody: `[]`}, queued},
		{"empty", linqtest.Fault{Status: 204, WithEffect: true}, "Linq answered 204"},
		{"another 2xx", linqtest.Fault{Status: 200, WithEffect: true, RawBody: "ok"}, "Linq answered 200"},
	} {
		scenarios = append(scenarios, scenario{name: test.name, runs: []func(*env){failing(linqtest.Remove, test.fault)}, want: sent(test.said)})
	}
	runScenarios(t, scenarios)
}
