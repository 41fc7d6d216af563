package reconcile_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// scenario is a request told from outside: what goes wrong before each run of the step, and where that
// leads.
type scenario struct {
	name   string
	kind   ledger.Kind // a removal if it is empty
	config linqtest.Config
	chat   linqtest.Chat // a group of our line, Ada, Ben, Carla and Dan if it is empty; of an addition, Ada has been removed
	handle string        // Ada if it is empty
	runs   []func(*env)
	want   result
}

// result is all that must be right in the end.
type result struct {
	State          ledger.State
	Reason         string
	MayHaveReached bool
	Calls          int // for the change that Linq saw
	Effects        int // people who left or came because of a call
	Waits          []time.Duration
	History        []string
}

func runScenarios(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if s.handle == "" {
					s.handle = ada
				}
				if len(s.chat.People) == 0 {
					s.chat = group(ada, ben, carla, dan)
					if s.kind == ledger.Add {
						s.chat = without(ada, linq.StatusRemoved)
					}
				}
				e := newEnv(t, s.config, s.chat, s.handle)
				if s.kind == ledger.Add {
					e.adds()
				}
				got := result{}
				for _, prepare := range s.runs {
					prepare(e)
					wait := e.remove()
					got.Waits = append(got.Waits, wait)
					time.Sleep(wait)
				}
				e.finish(&got)
				if diff := cmp.Diff(s.want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
			})
		})
	}
}

// finish fills in what is left behind.
func (e *env) finish(got *result) {
	e.t.Helper()
	r := e.records.request()
	got.State, got.Reason, got.MayHaveReached = r.State, r.Reason, r.MayHaveReached
	got.Calls, got.Effects, got.History = e.linq.Count(kinds()[r.Kind].op), e.effects(), e.records.history()
	assert.Assert(e.t, r.State == ledger.Accepted || r.NextTryAt.IsZero(), "a request that is %s waits for no try", r.State)
	if r.State.Final() {
		before := got.History
		assert.Equal(e.t, e.remove(), time.Duration(0), "a request at its end is not tried again")
		assert.DeepEqual(e.t, before, e.records.history())
	}
}

// A run before which nothing happens.
func nothing(*env) {}

// failing makes the next call of a kind go wrong.
func failing(op linqtest.Op, fault linqtest.Fault) func(*env) {
	return func(e *env) { e.linq.Fail(op, 1, fault) }
}

// both does one thing after the other.
func both(doings ...func(*env)) func(*env) {
	return func(e *env) {
		for _, do := range doings {
			do(e)
		}
	}
}

const (
	asked  = "try 1: asking Linq"
	asked2 = "try 2: asking Linq"
	queued = "Linq answered 202"
	gone   = "reading the chat: seen_gone"
)

func once(d time.Duration) []time.Duration { return []time.Duration{d} }

func TestPreflight(t *testing.T) {
	t.Parallel()
	with := func(p linqtest.Person) linqtest.Chat {
		chat := group(ben, carla, dan)
		chat.People = append(chat.People, p)
		return chat
	}
	html := linqtest.Fault{Status: http.StatusNotFound, RawBody: "<html><h1>404</h1></html>"}
	goesAhead := result{State: ledger.Sent, MayHaveReached: true, Calls: 1, Effects: 1, Waits: once(0), History: []string{asked, queued}}
	settled := func(state ledger.State, reason string) result {
		return result{State: state, Reason: reason, Waits: once(0), History: []string{"reading the chat: " + reason}}
	}
	scenarios := []scenario{
		{name: "all is well", runs: []func(*env){nothing}, want: goesAhead},
		{name: "a one-to-one chat", chat: linqtest.OneToOne(line, ada), runs: []func(*env){nothing}, want: settled("refused", "not_a_group")},
		{name: "our own line", handle: line, runs: []func(*env){nothing}, want: settled("refused", "own_line")},
		{name: "not listed", chat: group(ben, carla, dan), runs: []func(*env){nothing}, want: settled("refused", "not_in_chat")},
		{
			name: "listed as left", chat: with(linqtest.Person{Handle: ada, Status: "left"}),
			runs: []func(*env){nothing}, want: settled("already_gone", "seen_gone"),
		},
		{
			name: "listed as removed", chat: with(linqtest.Person{Handle: ada, Status: "removed"}),
			runs: []func(*env){nothing}, want: settled("already_gone", "seen_gone"),
		},
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
	runScenarios(t, scenarios)
}

// unreadable are the ways in which a chat cannot be read.
func unreadable() map[string]linqtest.Fault {
	return map[string]linqtest.Fault{
		"500":             {Status: http.StatusInternalServerError, Code: 3006},
		"401":             {Status: http.StatusUnauthorized, Code: 2004},
		"404 of another":  {Status: http.StatusNotFound, Code: 2002},
		"too slow":        {Delay: 6 * time.Second},
		"dropped":         {Drop: linqtest.BeforeEffect},
		"HTML":            {RawBody: "<html>"},
		"broken off":      {RawBody: `{"id": "`},
		"another's chat":  {RawBody: `{"id": "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11", "is_group": true, "handles": [{"handle": "` + ben + `"}]}`},
		"an empty object": {RawBody: `{}`},
	}
}

func TestReadingGivesUpAfterFiveSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
		e.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: time.Hour})
		began := time.Now()
		e.remove()
		assert.Equal(t, time.Since(began), 5*time.Second)
		assert.Equal(t, e.records.request().State, ledger.Sent)
	})
}

func TestTheChatsOwnSpellingIsSent(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, listed, asked, sent string }{
		{"an e-mail in another case", "Carla@Example.com", "carla@example.com", "Carla@Example.com"},
		{"the same", "carla@example.com", "carla@example.com", "carla@example.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group(ada, ben, test.listed), test.asked)
				e.remove()
				calls := e.linq.Calls()
				assert.Equal(t, calls[len(calls)-1].Handle, test.sent)
				assert.Equal(t, e.effects(), 1)
				assert.Equal(t, e.records.request().ListedHandle.Value(), test.sent)
			})
		})
	}
}

func TestWhatAReadingLeavesBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
		e.remove()
		r := e.records.request()
		assert.Equal(t, r.ChatName, "Spring launch")
		assert.Equal(t, r.People, 5)
		assert.Assert(t, r.SeenListed)
		assert.Equal(t, r.Tries, 1)
		assert.Equal(t, r.SentAt, time.Now())
		assert.Equal(t, r.FirstTryAt, time.Now())
		assert.Equal(t, r.HTTPStatus, http.StatusAccepted)
		assert.Equal(t, len(r.TraceID), 32)
		news := e.records.changes
		assert.Assert(t, !news[0].News && news[1].News, "the intent is no news, the answer is")
		assert.Equal(t, news[1].TraceID, r.TraceID)
	})
}
