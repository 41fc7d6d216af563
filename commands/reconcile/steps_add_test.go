package reconcile_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// call is how Linq is asked for a kind of request.
type call struct {
	op     linqtest.Op
	method string
}

func kinds() map[ledger.Kind]call {
	return map[ledger.Kind]call{
		ledger.Remove: {linqtest.Remove, http.MethodDelete},
		ledger.Add:    {linqtest.Add, http.MethodPost},
	}
}

// without is a group of our line, Ben, Carla and Dan that still lists someone who is gone.
func without(handle, status string) linqtest.Chat {
	chat := group(ben, carla, dan)
	chat.People = append(chat.People, linqtest.Person{Handle: handle, Status: status})
	return chat
}

// adds turns the request of an env into one that adds the person back.
func (e *env) adds() {
	e.records.set(func(r *ledger.Request) { r.Kind, r.Source, r.Undoes = ledger.Add, ledger.UndoButton, "the-removal" })
}

// newAddEnv is an env in which Ada has been removed and is to come back.
func newAddEnv(t *testing.T, config linqtest.Config) *env {
	t.Helper()
	e := newEnv(t, config, without(ada, linq.StatusRemoved), ada)
	e.adds()
	return e
}

// come lets the person into the chat without a call.
func (e *env) come() {
	chat, ok := e.linq.Chat(e.chat)
	assert.Assert(e.t, ok)
	for i, p := range chat.People {
		if p.Handle == e.handle {
			chat.People[i].Status = linq.StatusActive
			e.linq.AddChat(chat)
			return
		}
	}
	chat.People = append(chat.People, linqtest.Person{Handle: e.handle})
	e.linq.AddChat(chat)
}

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

func TestTriesOfAnAdditionEndAfterFifteenMinutes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		fault  linqtest.Fault
		reason string
		doubt  bool
	}{
		{"503", linqtest.Fault{Status: 503, Code: 4004}, "linq_4004", true},
		{"429", linqtest.Fault{Status: 429, Code: 1007}, "linq_1007", false},
		{"a conflict of states", linqtest.Fault{Status: 409, Code: 2015}, "linq_2015", false},
		{"dropped", linqtest.Fault{Drop: linqtest.BeforeEffect}, "no_answer", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newAddEnv(t, linqtest.Config{})
				e.linq.Fail(linqtest.Add, 0, test.fault)
				began := time.Now()
				e.follow()
				r := e.records.request()
				assert.Equal(t, r.State, ledger.Failed)
				assert.Equal(t, r.Reason, test.reason)
				assert.Equal(t, r.MayHaveReached, test.doubt)
				assert.Equal(t, time.Since(began), 15*time.Minute)
				assert.Equal(t, e.effects(), 0)
			})
		})
	}
}

// A doubt at the end is settled by one more look at the chat.
func TestDoubtAtTheEndOfAnAddition(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault linqtest.Fault
		chat  func(*env)
		state ledger.State
	}{
		{"the last try took effect", linqtest.Fault{Drop: linqtest.AfterEffect}, nothing, ledger.Added},
		{"it did not", linqtest.Fault{Status: 500, Code: 3006}, nothing, ledger.Failed},
		{"they are not even listed", linqtest.Fault{Status: 500, Code: 3006}, (*env).unlist, ledger.Failed},
		{"nobody can tell", linqtest.Fault{Drop: linqtest.AfterEffect}, failing(linqtest.GetChat, linqtest.Fault{Status: 500}), ledger.Failed},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newAddEnv(t, linqtest.Config{})
				e.records.set(func(r *ledger.Request) { r.Tries, r.FirstTryAt = 30, time.Now().Add(-time.Hour) })
				e.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{RawBody: "<html>"})
				e.linq.Fail(linqtest.Add, 1, test.fault)
				test.chat(e)
				assert.Equal(t, e.remove(), time.Duration(0))
				assert.Equal(t, e.records.request().State, test.state)
				assert.Equal(t, e.linq.Count(linqtest.GetChat), 2)
			})
		})
	}
}

func TestCrashOfAnAddition(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		config linqtest.Config
		die    int
		want   result
	}{
		{"before the intent is stored", linqtest.Config{}, 1, result{"sent", "", true, 1, 1, once(0), []string{asked, queued}}},
		{"after the POST: the chat shows it", linqtest.Config{}, 2, result{"added", "seen_there", true, 1, 1, once(0), []string{asked, there}}},
		{
			"after the POST, whose effect is queued",
			linqtest.Config{EffectDelay: time.Minute},
			2,
			result{"sent", "", true, 2, 1, once(0), []string{asked, asked2, queued}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newAddEnv(t, test.config)
				e.dieAt(test.die)
				_, err := e.steps.Try(e.ctx, requestID)
				assert.ErrorIs(t, err, errPowerOff)
				e.revive()
				got := result{Waits: once(e.remove())}
				time.Sleep(2 * time.Minute)
				e.finish(&got)
				assert.DeepEqual(t, test.want, got)
			})
		})
	}
}

func TestShutdownInMidPost(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault linqtest.Fault
		want  result
	}{
		{
			"its effect took place",
			linqtest.Fault{Delay: time.Hour},
			result{"added", "seen_there", true, 1, 1, once(0), []string{asked, again("Linq did not answer", time.Second), there}},
		},
		{
			"its effect did not",
			linqtest.Fault{Delay: time.Hour, Drop: linqtest.BeforeEffect},
			result{"sent", "", true, 2, 1, once(0), []string{asked, again("Linq did not answer", time.Second), asked2, queued}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newAddEnv(t, linqtest.Config{})
				e.linq.Fail(linqtest.Add, 1, test.fault)
				e.stopIn(2 * time.Second)
				_, err := e.steps.Try(e.ctx, requestID)
				assert.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, e.records.request().State, ledger.Accepted)

				time.Sleep(time.Second)
				e.ctx = t.Context()
				e.restart()
				got := result{Waits: once(e.remove())}
				e.finish(&got)
				assert.DeepEqual(t, test.want, got)
			})
		})
	}
}

// sentAdd is an env in which Linq has just queued the addition, and does nothing about it by itself.
func sentAdd(t *testing.T) *env {
	t.Helper()
	e := newAddEnv(t, linqtest.Config{EffectDelay: linqtest.OnSettle})
	e.remove()
	assert.Equal(t, e.records.request().State, ledger.Sent)
	return e
}

func TestTheChatIsReadOnTimeAfterAnAddition(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := sentAdd(t)
		reads := e.watch()
		assert.Equal(t, len(reads), 26)
		assert.DeepEqual(t, reads, sent(t).watch())
		assert.Equal(t, e.records.request().State, ledger.Unconfirmed)
		assert.Equal(t, e.records.request().Reason, outcome.ReasonStillAway)
		assert.Equal(t, e.linq.Count(linqtest.Add), 1, "reading asks for nothing again")
	})
}

func TestConfirmAnAddition(t *testing.T) {
	t.Parallel()
	settle := func(e *env) { e.linq.Settle() }
	for _, test := range []struct {
		name   string
		doings func(*env) // at once after Linq queued the addition
		state  ledger.State
		reason string
		after  time.Duration
	}{
		{"they are in it", settle, "added", "seen_there", 200 * time.Millisecond},
		{"they are not listed yet", both((*env).unlist, func(e *env) { time.AfterFunc(5*time.Second, e.linq.Settle) }), "added", "seen_there", 8 * time.Second},
		{"a minute later", func(e *env) { time.AfterFunc(61*time.Second, e.linq.Settle) }, "added", "seen_there", 90 * time.Second},
		{"at the last moment", func(e *env) { time.AfterFunc(599*time.Second, e.linq.Settle) }, "added", "seen_there", 10 * time.Minute},
		{"never", nothing, "unconfirmed", "still_away", 10 * time.Minute},
		{"never listed", (*env).unlist, "unconfirmed", "still_away", 10 * time.Minute},
		{
			"the chat cannot be read", both(settle, func(e *env) { e.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Status: 500}) }),
			"unconfirmed", "unreadable", 10 * time.Minute,
		},
		{
			"a 404 is no sign", both(settle, func(e *env) { e.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Status: 404, Code: 2001}) }),
			"unconfirmed", "unreadable", 10 * time.Minute,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := sentAdd(t)
				test.doings(e)
				reads := e.watch()
				r := e.records.request()
				assert.Equal(t, r.State, test.state)
				assert.Equal(t, r.Reason, test.reason)
				assert.Equal(t, reads[len(reads)-1], test.after)
				assert.Equal(t, len(r.TraceID), 32, "the trace id of Linq's answer stays")
				assert.Equal(t, e.confirm(), time.Duration(0))
				if test.state == ledger.Added {
					assert.Equal(t, r.People, 5)
				}
			})
		})
	}
}

func TestNewsOfAnAddition(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newAddEnv(t, linqtest.Config{EffectDelay: 5 * time.Second})
		e.linq.Fail(linqtest.GetChat, 2, linqtest.Fault{Status: 500})
		e.linq.Fail(linqtest.Add, 1, linqtest.Fault{Status: 503, Code: 4004})
		e.follow()
		e.watch()
		var got []string
		for i, c := range e.records.changes {
			got = append(got, fmt.Sprintf("%s | %s | news %t", c.Cause, e.records.states[i], c.News))
		}
		want := []string{
			"try 1: asking Linq | accepted | news false",
			"Linq answered 503, code 4004; trying again in 1s | accepted | news true",
			"try 2: asking Linq | accepted | news false",
			"Linq answered 202 | sent | news true",
			"the chat shows that they are in it | added | news true",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

// What is shown of a removal changes by itself when it can no longer be taken back; of nothing else.
func TestShownAgainAfterADay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		env   func(*testing.T) *env
		doing func(*env)
		state ledger.State
		again bool
	}{
		{"removed", sent, func(e *env) { e.linq.Settle() }, ledger.Removed, true},
		{"already gone", sent, func(e *env) {
			e.records.set(func(r *ledger.Request) { r.SeenListed = false })
			e.unlist()
		}, ledger.AlreadyGone, false},
		{"unconfirmed", sent, nothing, ledger.Unconfirmed, false},
		{"added", sentAdd, func(e *env) { e.linq.Settle() }, ledger.Added, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := test.env(t)
				test.doing(e)
				e.watch()
				r := e.records.request()
				assert.Equal(t, r.State, test.state)
				last := e.records.changes[len(e.records.changes)-1]
				assert.Assert(t, last.News)
				assert.Equal(t, r.EndedAt, time.Now())
				for _, c := range e.records.changes[:len(e.records.changes)-1] {
					assert.Assert(t, c.ShowAgain.IsZero(), c.Cause)
				}
				if !test.again {
					assert.Assert(t, last.ShowAgain.IsZero())
					assert.Assert(t, !outcome.OffersUndo(r, time.Now()))
					return
				}
				assert.Equal(t, last.ShowAgain, r.EndedAt.Add(24*time.Hour))
				assert.Assert(t, outcome.OffersUndo(r, last.ShowAgain.Add(-time.Microsecond)))
				assert.Assert(t, !outcome.OffersUndo(r, last.ShowAgain), "when it is shown again, the button is gone")
			})
		})
	}
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
