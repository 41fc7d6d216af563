package reconcile_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// askingLines begins anew with steps that ask Linq for our lines.
func (e *env) askingLines() {
	e.steps = reconcile.NewSteps(reconcile.StepsConfig{
		Chats: e.client, Records: e.records, Logger: quiet(),
		Jitter: func(wait time.Duration) time.Duration { return wait },
	})
}

// carryOn runs the step until it wants no more.
func (e *env) carryOn() {
	e.t.Helper()
	for wait := e.remove(); wait > 0; wait = e.remove() {
		time.Sleep(wait)
	}
}

// unhelpful are the answers to a reading that tell nothing, or that linqbot does not believe.
func unhelpful() map[string]linqtest.Fault {
	faults := unreadable()
	delete(faults, "401")
	faults["404 without a code"] = linqtest.Fault{Status: http.StatusNotFound}
	faults["404 in HTML"] = linqtest.Fault{Status: http.StatusNotFound, RawBody: "<html>"}
	faults["403 with a code"] = linqtest.Fault{Status: http.StatusForbidden, Code: 2005}
	faults["403 without a code"] = linqtest.Fault{Status: http.StatusForbidden}
	faults["429"] = linqtest.Fault{Status: http.StatusTooManyRequests, Code: 1007, RetryAfter: 2 * time.Second}
	faults["409"] = linqtest.Fault{Status: http.StatusConflict, Code: 2009}
	faults["302"] = linqtest.Fault{Redirect: "/elsewhere"}
	faults["204"] = linqtest.Fault{Status: http.StatusNoContent}
	faults["null"] = linqtest.Fault{RawBody: "null"}
	faults["an array"] = linqtest.Fault{RawBody: "[]"}
	faults["more than 1 MiB"] = linqtest.Fault{RawBody: `{"x": "` + strings.Repeat("x", 1<<20) + `"}`}
	return faults
}

// Whatever Linq answers to the reading, and whether or not the account's phone numbers can be listed,
// our own line is never removed.
func TestOurOwnLineIsNeverRemoved(t *testing.T) {
	t.Parallel()
	for reading, fault := range unhelpful() {
		for listing, spelling := range map[string]string{
			"listed": "", "not listed": "500", "listed without a plus": "12025550100", "listed as people write it": "(202) 555-0100",
			"listed with spaces": "+1 202 555 0100",
		} {
			t.Run(reading+", "+listing, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), line)
					e.askingLines()
					e.linq.Fail(linqtest.GetChat, 0, fault)
					switch spelling {
					case "":
					case "500":
						e.linq.Fail(linqtest.PhoneNumbers, 0, linqtest.Fault{Status: http.StatusInternalServerError})
					default:
						e.linq.Fail(linqtest.PhoneNumbers, 0, linqtest.Fault{RawBody: fmt.Sprintf(`{"phone_numbers": [{"id": "1", "phone_number": %q}]}`, spelling)})
					}
					e.carryOn()
					r := e.records.request()
					assert.Equal(t, e.linq.Count(linqtest.Remove), 0)
					assert.Assert(t, !r.MayHaveReached)
					if spelling == "500" {
						assert.Equal(t, r.State, ledger.Failed)
						assert.Equal(t, r.EndedAt.Sub(r.FirstTryAt).Round(time.Minute), 15*time.Minute)
					} else {
						assert.Equal(t, r.State, ledger.Refused)
						assert.Equal(t, r.Reason, outcome.ReasonOwnLine)
					}
				})
			})
		}
	}
}

// A chat that can be read need not say the whole truth about our lines.
func TestOurOwnLineInAChatThatCanBeRead(t *testing.T) {
	t.Parallel()
	const second = "+12025550101"
	person := func(handle string) linqtest.Person { return linqtest.Person{Handle: handle} }
	ours := func(handle string) linqtest.Person { return linqtest.Person{Handle: handle, IsMe: true} }
	gone := func(p linqtest.Person) linqtest.Person {
		p.Status = linq.StatusLeft
		return p
	}
	for _, test := range []struct {
		name   string
		handle string
		people []linqtest.Person
		reason string
	}{
		{"marked", line, []linqtest.Person{ours(line)}, "own_line"},
		{"not marked", line, []linqtest.Person{person(line)}, "own_line"},
		{"left", line, []linqtest.Person{gone(ours(line))}, "own_line"},
		{"another is marked", second, []linqtest.Person{ours(line), person(second)}, "own_line"},
		{"both are marked", second, []linqtest.Person{ours(line), ours(second)}, "own_line"},
		{"listed twice, marked where it has left", line, []linqtest.Person{gone(ours(line)), person(line)}, "own_line"},
		{"marked in another spelling", line, []linqtest.Person{ours("(202) 555-0100"), person(line)}, "own_line"},
		{"an address that is marked", "Line@example.com", []linqtest.Person{ours("line@EXAMPLE.com")}, "own_line"},
		{"left, and not marked", line, []linqtest.Person{gone(person(line))}, "seen_gone"},
		{"not listed", line, nil, "not_in_chat"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				chat := linqtest.Chat{IsGroup: true, People: append(test.people, person(ada), person(ben), person(carla))}
				e := newEnv(t, linqtest.Config{PhoneNumbers: []string{line, second}}, chat, test.handle)
				e.askingLines()
				assert.Equal(t, e.remove(), time.Duration(0))
				assert.Equal(t, e.linq.Count(linqtest.Remove), 0)
				assert.Equal(t, e.records.request().Reason, test.reason)
			})
		})
	}
}

// A list that cannot be relied on does not count.
func TestAListOfLinesThatIsNone(t *testing.T) {
	t.Parallel()
	faults := map[string]linqtest.Fault{
		"404":                 {Status: http.StatusNotFound},
		"403":                 {Status: http.StatusForbidden, Code: 2011},
		"500":                 {Status: http.StatusInternalServerError, Code: 3006},
		"429":                 {Status: http.StatusTooManyRequests, Code: 1007, RetryAfter: time.Minute},
		"hangs":               {Delay: time.Hour},
		"dropped":             {Drop: linqtest.BeforeEffect},
		"HTML":                {RawBody: "<html>"},
		"null":                {RawBody: "null"},
		"an empty object":     {RawBody: "{}"},
		"empty":               {RawBody: `{"phone_numbers": []}`},
		"null for a list":     {RawBody: `{"phone_numbers": null}`},
		"null for a line":     {RawBody: `{"phone_numbers": [null]}`},
		"a line without":      {RawBody: `{"phone_numbers": [{"phone_number": "+12025550109"}, {"id": "2"}]}`},
		"a bare number":       {RawBody: `{"phone_numbers": [{"phone_number": 12025550100}]}`},
		"bare strings":        {RawBody: `{"phone_numbers": ["+12025550109"]}`},
		"more than 1 MiB":     {RawBody: `{"phone_numbers": [{"phone_number": "+12025550109", "x": "` + strings.Repeat("x", 1<<20) + `"}]}`},
		"says that it is not": {RawBody: `{"success": false, "phone_numbers": [{"phone_number": "+12025550109"}]}`},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
				e.askingLines()
				e.linq.Fail(linqtest.PhoneNumbers, 0, fault)
				e.linq.Fail(linqtest.OldPhoneNumbers, 0, fault)
				e.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Status: http.StatusInternalServerError})
				wait := e.remove()
				r := e.records.request()
				assert.Equal(t, r.State, ledger.Accepted, "nothing tells who we are")
				assert.Equal(t, r.Tries, 1)
				assert.Assert(t, !r.MayHaveReached && wait > 0)
				assert.Equal(t, e.linq.Count(linqtest.Remove), 0)

				time.Sleep(wait)
				e.carryOn()
				assert.Equal(t, e.records.request().State, ledger.Sent, "a chat that marks our line is enough")
				assert.Equal(t, e.linq.Count(linqtest.Remove), 1)
			})
		})
	}
}

// Where lines are listed under the older path only, that is enough.
func TestLinesUnderTheOlderPath(t *testing.T) {
	t.Parallel()
	for handle, deletes := range map[string]int{line: 0, ada: 1} {
		synctest.Test(t, func(t *testing.T) {
			e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), handle)
			e.askingLines()
			e.linq.Fail(linqtest.PhoneNumbers, 0, linqtest.Fault{Status: http.StatusNotFound})
			e.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Status: http.StatusInternalServerError})
			assert.Equal(t, e.remove(), time.Duration(0))
			assert.Equal(t, e.linq.Count(linqtest.Remove), deletes)
		})
	}
}

// An API key that Linq does not accept ends a removal as before: at once, and in the same words.
func TestABadKeyIsToldAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
		e.askingLines()
		e.linq.Inject(linqtest.Fault{Status: http.StatusUnauthorized, Code: 2004})
		assert.Equal(t, e.remove(), time.Duration(0))
		r := e.records.request()
		assert.Equal(t, r.State, ledger.Refused)
		assert.Equal(t, r.Reason, "linq_2004")
		assert.Equal(t, e.linq.Count(linqtest.Remove), 0)
	})
}

// An addition takes nobody out of a chat: it asks for no lines.
func TestAnAdditionNeedsNoLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newAddEnv(t, linqtest.Config{})
		e.askingLines()
		e.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Status: http.StatusInternalServerError})
		e.remove()
		assert.Equal(t, e.linq.Count(linqtest.PhoneNumbers), 0)
		assert.Equal(t, e.linq.Count(linqtest.Add), 1)
	})
}

// A removal that goes well costs one reading and one call, and the list once for all.
func TestCallsOfRemovalsThatGoWell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const size = 5
		c := newCrowd(t, linqtest.Config{}, size, 0)
		c.steps = reconcile.NewSteps(reconcile.StepsConfig{Chats: c.calls, Records: c, Logger: quiet(), Jitter: exactly})
		for i := range size {
			assert.Equal(t, c.try(i), time.Duration(0))
		}
		assert.Equal(t, c.linq.Count(linqtest.GetChat), size)
		assert.Equal(t, c.linq.Count(linqtest.Remove), size)
		assert.Equal(t, c.linq.Count(linqtest.PhoneNumbers), 1)
	})
}
