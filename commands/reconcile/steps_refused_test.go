package reconcile_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// What Linq refuses for good ends at once, with one call.
func TestRefusalsEndAtOnce(t *testing.T) {
	t.Parallel()
	var scenarios []scenario
	byStatus := map[int][]int{
		http.StatusBadRequest:          {0, 1001, 1002, 1003, 1005},
		http.StatusUnauthorized:        {0, 2004},
		http.StatusForbidden:           {0, 2005, 2006, 2008, 2011, 2024, 2026, 2027, 4711},
		http.StatusNotFound:            {0, 2001},
		http.StatusMethodNotAllowed:    {0},
		http.StatusConflict:            {0, 1006, 2013, 2016, 2017, 4711},
		http.StatusTeapot:              {0},
		http.StatusUnprocessableEntity: {0, 4005, 4711},
	}
	for kind, op := range kinds() {
		for status, codes := range byStatus {
			for _, code := range codes {
				reason := fmt.Sprint("linq_", code)
				if code == 0 {
					reason = fmt.Sprint("http_", status)
				}
				scenarios = append(scenarios, scenario{
					name: fmt.Sprint(kind, " ", status, " ", code), kind: kind,
					runs: []func(*env){failing(op.op, linqtest.Fault{Status: status, Code: code})},
					want: refusedBy(status, code, reason),
				})
			}
		}
		for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
			scenarios = append(scenarios, scenario{
				name: fmt.Sprint(kind, " ", status, " is not followed"), kind: kind,
				runs: []func(*env){failing(op.op, linqtest.Fault{Status: status, Redirect: "/api/partner/v3/phone_numbers"})},
				want: refusedBy(status, 0, fmt.Sprint("http_", status)),
			})
		}
	}
	runScenarios(t, scenarios)
}

// With too few people in the chat no later try can succeed, so a conflict ends the request at once.
func TestTooFewPeopleEndAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		people []string
		want   ledger.State
	}{
		"two would stay":   {[]string{ada, ben}, ledger.Refused},
		"three would stay": {[]string{ada, ben, carla}, ledger.Accepted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group(test.people...), ada)
				e.linq.Fail(linqtest.Remove, 0, linqtest.Fault{Status: http.StatusConflict, Code: 2015})
				e.remove()
				r := e.records.request()
				assert.Equal(t, r.State, test.want)
				assert.Equal(t, r.Reason, "linq_2015")
				assert.Assert(t, !r.MayHaveReached)
			})
		})
	}
}

func refusedBy(status, code int, reason string) result {
	return result{
		State: ledger.Refused, Reason: reason, Calls: 1, Waits: once(0),
		History: []string{asked, fmt.Sprintf("Linq answered %d, code %d", status, code)},
	}
}

// Linq's words are kept only when linqbot has none of its own, and never with someone's number.
func TestWhatLinqSaid(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		code int
		want string
	}{
		{"an unknown code", 4711, "no room for +1 ••• ••• 0132"},
		{"no code", 0, ""},
		{"a known code", 2027, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
				e.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: http.StatusForbidden, Code: test.code, Message: "no room for " + ada})
				e.remove()
				r := e.records.request()
				if r.LinqSaid != test.want || r.State != ledger.Refused {
					t.Errorf("%s: %q", r.State, r.LinqSaid)
				}
			})
		})
	}
}
