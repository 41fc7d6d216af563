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
		blinder   = func(w *world) { w.linq.Fail(linqtest.GetChat, 2, linqtest.Fault{Status: 500, Code: 3006}) }
		unlist    = (*world).unlist
		leave     = (*world).leave
		reading   = func(fault linqtest.Fault) func(*world) { return failing(linqtest.GetChat, fault) }
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
	stories := []story{
		{
			name: "the answer is lost, the effect is not", runs: []func(*world){lost, nothing},
			want: ending{"removed", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "the same, and Linq no longer lists them", runs: []func(*world){lost, unlist},
			want: ending{"removed", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "the same, and they were never seen listed", runs: []func(*world){both(blind, lost), unlist},
			want: ending{"already_gone", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "never seen listed, but listed as gone", runs: []func(*world){both(blind, lost), nothing},
			want: ending{"removed", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "the answer takes too long, the effect does not",
			runs: []func(*world){failing(linqtest.Remove, linqtest.Fault{Delay: time.Minute}), nothing},
			want: ending{"removed", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "500, but it took effect", runs: []func(*world){failing(linqtest.Remove, linqtest.Fault{Status: 500, Code: 3006, WithEffect: true}), nothing},
			want: ending{"removed", "seen_gone", true, 1, 1, seconds(1, 0), []string{asked, fiveHun, gone}},
		},
		{
			name: "500, then they left by themselves", runs: []func(*world){broken, leave},
			want: ending{"removed", "seen_gone", true, 1, 0, seconds(1, 0), []string{asked, fiveHun, gone}},
		},
		{
			name: "429, then they left by themselves", runs: []func(*world){turned, leave},
			want: ending{"already_gone", "seen_gone", false, 1, 0, seconds(1, 0), []string{asked, tooMany, gone}},
		},
		{
			name: "429, then they left and Linq no longer lists them", runs: []func(*world){turned, unlist},
			want: ending{"already_gone", "seen_gone", false, 1, 0, seconds(1, 0), []string{asked, tooMany, gone}},
		},
		{
			name: "429 unseen, then not listed", runs: []func(*world){both(blind, turned), unlist},
			want: ending{"refused", "not_in_chat", false, 1, 0, seconds(1, 0), []string{asked, tooMany, unlisted}},
		},
		{
			name: "refused connection, then they left by themselves",
			runs: []func(*world){func(w *world) { w.linq.RefuseConnections(http.MethodDelete) }, leave},
			want: ending{"already_gone", "seen_gone", false, 0, 0, seconds(1, 0), []string{asked, noAnswer, gone}},
		},
		{
			name: "lost before its effect: asked again", runs: []func(*world){lostEarly, nothing},
			want: ending{"sent", "", true, 2, 1, seconds(1, 0), []string{asked, noAnswer, asked2, queued}},
		},
		{
			name: "lost while it is queued: asked again, done once", config: linqtest.Config{EffectDelay: 10 * time.Second},
			runs: []func(*world){lost, nothing, func(w *world) { time.Sleep(time.Minute) }},
			want: ending{"sent", "", true, 2, 1, seconds(1, 0, 0), []string{asked, noAnswer, asked2, queued}},
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
		stories = append(stories,
			story{
				// The first reading fails on the second try, so that the DELETE goes out.
				name: "then " + name + ", and the chat shows them gone", runs: []func(*world){lost, both(blind, no)},
				want: ending{"removed", "seen_gone", true, 2, 1, seconds(1, 0), []string{
					asked, noAnswer, asked2, second.said + "; the chat shows that they are gone",
				}},
			},
			story{
				name: "then " + name + ", and they are still active", runs: []func(*world){lostEarly, no},
				want: ending{"refused", reasonIn(second.fault), true, 2, 0, seconds(1, 0), []string{asked, noAnswer, asked2, second.said}},
			},
			story{
				name: "then " + name + ", and the chat cannot be read", runs: []func(*world){lost, both(blinder, no), nothing},
				want: ending{"removed", "seen_gone", true, 2, 1, seconds(1, 2, 0), []string{
					asked, noAnswer, asked2, second.said + ", and the chat could not be read; trying again in 2s", gone,
				}},
			},
			story{
				name: "then " + name + ", and there is no such chat any more",
				runs: []func(*world){lost, both(blind, reading(linqtest.Fault{Status: 404, Code: 2001}), no)},
				want: ending{"refused", reasonIn(second.fault), true, 2, 1, seconds(1, 0), []string{asked, noAnswer, asked2, second.said}},
			},
		)
	}
	tell(t, stories)
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
		w := newWorld(t, linqtest.Config{}, group(ada, ben, carla), ada)
		w.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 404, Code: 2001})
		w.remove()
		if n := w.linq.Count(linqtest.GetChat); n != 1 || w.records.request().State != ledger.Refused {
			t.Errorf("%d readings, %s", n, w.records.request().State)
		}
	})
}

// A chat that could not be read before the try is read before a 404 or 409 is called a failure.
func TestARefusalAfterAnUnreadChat(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before func(w *world)
		want   ledger.State
	}{
		"they had left":      {(*world).leave, ledger.AlreadyGone},
		"they are in it":     {func(*world) {}, ledger.Refused},
		"they never were":    {(*world).unlist, ledger.Refused},
		"it is unread still": {func(w *world) { w.linq.Fail(linqtest.GetChat, 2, linqtest.Fault{Status: 503, Code: 3007}) }, ledger.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, linqtest.Config{}, group(ada, ben, carla), ada)
				w.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Status: 503, Code: 3007})
				test.before(w)
				w.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 404, Code: 2001})
				w.remove()
				if r := w.records.request(); r.State != test.want || w.linq.Count(linqtest.GetChat) != 2 {
					t.Errorf("%s (%s) after %d readings, want %s after 2", r.State, r.Reason, w.linq.Count(linqtest.GetChat), test.want)
				}
			})
		})
	}
}

// A 2xx is an acceptance, whatever its body.
func TestAcceptancesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	sent := func(history string) ending {
		return ending{State: ledger.Sent, MayHaveReached: true, Calls: 1, Effects: 1, Waits: once(0), History: []string{asked, history}}
	}
	var stories []story
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
		stories = append(stories, story{name: test.name, runs: []func(*world){failing(linqtest.Remove, test.fault)}, want: sent(test.said)})
	}
	tell(t, stories)
}
