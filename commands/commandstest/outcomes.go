package commandstest

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// TraceID is what Linq's support asks for.
const TraceID = "0af7651916cd43dd8448eb211c80319c"

// OutcomeCase is a request that people are told of. Its group is the golden file that shows what.
type OutcomeCase struct {
	Group, Name string
	Full        bool // shown with whole handles
	Pause       ledger.Pause
	Request     ledger.Request
}

// Told makes a case of a request, and fills in what all cases share.
func Told(group, name string, r ledger.Request) OutcomeCase {
	r.ID, r.ChatID = RequestID, ChatID
	if r.Handle.Value() == "" {
		r.Handle = ledger.NewSecret(Ada)
	}
	r.ChatName = cmp.Or(r.ChatName, "Spring launch")
	if r.ChatName == nameless {
		r.ChatName = ""
	}
	return OutcomeCase{Group: group, Name: name, Request: r}
}

// nameless stands for a chat whose name is not known.
const nameless = "-"

// Outcomes returns a case for everything that people can be told.
func Outcomes() []OutcomeCase {
	var all []OutcomeCase
	for _, some := range [][]OutcomeCase{states(), names(), settledByReading(), refusedByCode(), refusedByStatus(), unknownCodes(), troubles(), restored(), longWaits(), held(), dryRuns(), Additions()} {
		all = append(all, some...)
	}
	return all
}

func nextTry() time.Time { return time.Date(2026, 3, 9, 16, 45, 10, 0, time.UTC) }

func states() []OutcomeCase {
	const group = "states"
	return []OutcomeCase{
		Told(group, "asked", ledger.Request{State: ledger.Asked}),
		Told(group, "accepted", ledger.Request{State: ledger.Accepted}),
		Told(group, "accepted, the chat not read yet", ledger.Request{State: ledger.Accepted, ChatName: nameless}),
		Told(group, "sent", ledger.Request{State: ledger.Sent, MayHaveReached: true, People: 5, TraceID: TraceID}),
		Told(group, "removed", ledger.Request{State: ledger.Removed, MayHaveReached: true, People: 4}),
		Told(group, "removed, one stays", ledger.Request{State: ledger.Removed, MayHaveReached: true, People: 1}),
		Told(group, "removed, the chat never read", ledger.Request{State: ledger.Removed, MayHaveReached: true, ChatName: nameless}),
		Told(group, "already gone", ledger.Request{State: ledger.AlreadyGone, Reason: outcome.ReasonSeenGone}),
		Told(group, "already gone, in doubt", ledger.Request{State: ledger.AlreadyGone, Reason: outcome.ReasonSeenGone, MayHaveReached: true}),
		Told(group, "unconfirmed", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonStillListed, MayHaveReached: true, TraceID: TraceID}),
		Told(group, "unconfirmed, unreadable", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonUnreadable, MayHaveReached: true, TraceID: TraceID}),
		Told(group, "unconfirmed, no trace id", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonUnreadable, MayHaveReached: true}),
		Told(group, "cancelled", ledger.Request{State: ledger.Cancelled}),
	}
}

func names() []OutcomeCase {
	const group = "names"
	named := func(name, chat, handle string) []OutcomeCase {
		o := Told(group, name, ledger.Request{
			Order: ledger.Order{Handle: ledger.NewSecret(handle)}, State: ledger.Sent, MayHaveReached: true, ChatName: chat,
		})
		whole := o
		whole.Full, whole.Name = true, name+", whole handles"
		return []OutcomeCase{o, whole}
	}
	listedAs := func(name, handle, listed string) []OutcomeCase {
		some := named(name, "Spring launch", handle)
		for i := range some {
			some[i].Request.ListedHandle = ledger.NewSecret(listed)
		}
		return some
	}
	var all []OutcomeCase
	for _, some := range [][]OutcomeCase{
		named("a name", "Spring launch", Ada),
		named("no name", nameless, Ada),
		named("handles for a name", Ben+", "+Carla+", +44 20 7183 8750", Ada),
		named("an e-mail", "Spring launch", Carla),
		listedAs("listed in a former form", "+525512345678", "+5215512345678"),
		listedAs("listed without a plus", "+14155550132", "14155550132"),
		named("a name with mark-up", "<!channel> *now* `rm` & co", Ada),
	} {
		all = append(all, some...)
	}
	return all
}

func settledByReading() []OutcomeCase {
	const group = "reasons"
	var all []OutcomeCase
	for _, reason := range []string{outcome.ReasonNoSuchChat, outcome.ReasonNotAGroup, outcome.ReasonOwnLine, outcome.ReasonNotInChat} {
		o := Told(group, reason, ledger.Request{State: ledger.Refused, Reason: reason})
		if reason == outcome.ReasonNoSuchChat {
			o.Request.ChatName = ""
		}
		all = append(all, o)
	}
	return append(all,
		Told(group, "no_such_chat, in doubt", ledger.Request{State: ledger.Refused, Reason: outcome.ReasonNoSuchChat, MayHaveReached: true}),
		Told(group, "opposed", ledger.Request{State: ledger.Refused, Reason: opposed}))
}

// opposed is the reason of a request that another one opposes.
const opposed = "opposed_00c0ffee"

// RefusedBy is a request that Linq refused with a code, 0 for none.
func RefusedBy(group, name string, status, code int, r ledger.Request) OutcomeCase {
	r.State, r.HTTPStatus, r.Reason = ledger.Refused, status, fmt.Sprint("linq_", code)
	if code == 0 {
		r.Reason = fmt.Sprint("http_", status)
	}
	return Told(group, name, r)
}

func refusedByCode() []OutcomeCase {
	const group = "refused_codes"
	var all []OutcomeCase
	for _, entry := range linq.Catalogue() {
		all = append(all, RefusedBy(group, fmt.Sprint(entry.Code), entry.HTTPStatus, entry.Code, ledger.Request{SeenListed: true, TraceID: TraceID}))
	}
	return append(all,
		RefusedBy(group, "1002 for an e-mail", 400, 1002, ledger.Request{Order: ledger.Order{Handle: ledger.NewSecret(Carla)}}),
		RefusedBy(group, "2001, never seen listed", 404, 2001, ledger.Request{TraceID: TraceID, ChatName: nameless}),
		RefusedBy(group, "2015 with few people", 409, 2015, ledger.Request{TraceID: TraceID, People: 3}),
		RefusedBy(group, "2013, in doubt", 409, 2013, ledger.Request{TraceID: TraceID, MayHaveReached: true}),
		RefusedBy(group, "2004, in doubt", 401, 2004, ledger.Request{TraceID: TraceID, MayHaveReached: true}),
	)
}

func refusedByStatus() []OutcomeCase {
	const group = "refused_statuses"
	var all []OutcomeCase
	for _, status := range []int{301, 400, 401, 403, 404, 405, 409, 418, 422} {
		r := ledger.Request{}
		if status == 403 || status == 404 { // without one they are not Linq's, and no refusal
			r.TraceID = TraceID
		}
		all = append(all, RefusedBy(group, fmt.Sprint(status), status, 0, r))
	}
	return append(all,
		RefusedBy(group, "404, seen listed", 404, 0, ledger.Request{SeenListed: true, TraceID: TraceID}),
		RefusedBy(group, "418 with a trace id", 418, 0, ledger.Request{TraceID: TraceID}),
		RefusedBy(group, "418 with words", 418, 0, ledger.Request{LinqSaid: handle.MaskText("no tea for " + Ada)}),
		RefusedBy(group, "418, in doubt", 418, 0, ledger.Request{MayHaveReached: true}),
	)
}

func unknownCodes() []OutcomeCase {
	const group = "unknown_codes"
	saying := func(name, message string) OutcomeCase {
		return RefusedBy(group, name, 403, 4711, ledger.Request{TraceID: TraceID, LinqSaid: handle.MaskText(message)})
	}
	return []OutcomeCase{
		saying("without words", ""),
		saying("a plain message", "The moon is full"),
		saying("numbers and an address", "no room for "+Ada+", (202) 555-0143 and carla@example.com"),
		saying("mark-up", "<!channel> `rm -rf` *now*"),
		saying("several lines", "first\nsecond"),
		saying("a page", strings.Repeat("very long ", 100)),
		RefusedBy(group, "without a trace id", 403, 4711, ledger.Request{}),
	}
}

// longWaits are those in which Linq is left alone. No request ends with their reasons: it fails after
// a try, with that try's.
func longWaits() []OutcomeCase {
	var all []OutcomeCase
	for _, reason := range []string{outcome.ReasonNotAnswering, outcome.ReasonAskedToWait, outcome.ReasonNoMoreCalls} {
		r := ledger.Request{State: ledger.Accepted, Reason: reason, NextTryAt: nextTry()}
		all = append(all, Told("under_way", reason, r))
		r.MayHaveReached = true
		all = append(all, Told("under_way", reason+", in doubt", r))
	}
	return all
}

// held are those that linqbot's own rails hold back.
func held() []OutcomeCase {
	const group = "rails"
	byMember := ledger.Pause{UserID: "U0ADA", Reason: "the list of leavers is wrong", Since: nextTry()}
	byOperator := ledger.Pause{Operator: "ops", Reason: "an audit", Since: nextTry()}
	all := []OutcomeCase{
		Told(group, outcome.ReasonProtected, ledger.Request{State: ledger.Refused, Reason: outcome.ReasonProtected}),
		Told(group, "paused by a member", ledger.Request{State: ledger.Accepted}),
		Told(group, "paused by an operator", ledger.Request{State: ledger.Accepted, Reason: outcome.ReasonPaused}),
		Told(group, "paused, in doubt", ledger.Request{State: ledger.Accepted, Reason: outcome.ReasonPaused, MayHaveReached: true}),
	}
	all[1].Pause, all[2].Pause, all[3].Pause = byMember, byOperator, byMember
	return all
}

// Explainer says what the case is told with.
func (o OutcomeCase) Explainer() outcome.Explainer {
	return outcome.Explainer{FullHandles: o.Full, Pause: func() ledger.Pause { return o.Pause }}
}

func restored() []OutcomeCase {
	return []OutcomeCase{Told("failed", "restored, in doubt",
		ledger.Request{State: ledger.Failed, Reason: outcome.ReasonRestored, MayHaveReached: true})}
}

// troubles are met twice: while the request is tried again, and when it was given up.
func troubles() []OutcomeCase {
	var all []OutcomeCase
	for _, trouble := range []struct {
		name           string
		status, code   int
		people         int
		doubt, certain bool
		foreign        bool // nothing of it is Linq's
		reason         string
	}{
		{name: "no answer", doubt: true, certain: true, reason: outcome.ReasonNoAnswer},
		{name: "our own lines are not known", doubt: true, certain: true, reason: outcome.ReasonLinesUnknown},
		{name: "408", status: 408, doubt: true},
		{name: "403 of a proxy", status: 403, foreign: true, doubt: true, certain: true},
		{name: "404 of a proxy", status: 404, foreign: true, certain: true},
		{name: "429", status: 429, code: 1007, doubt: true, certain: true},
		{name: "429 without a code", status: 429, certain: true},
		{name: "500", status: 500, code: 3006, doubt: true},
		{name: "502 without a code", status: 502, doubt: true},
		{name: "503", status: 503, code: 4004, doubt: true},
		{name: "504", status: 504, code: 3005, doubt: true},
		{name: "4002", status: 500, code: 4002, doubt: true},
		{name: "an unknown code", status: 500, code: 4711, doubt: true},
		{name: "2009", status: 409, code: 2009, doubt: true, certain: true},
		{name: "2015", status: 409, code: 2015, doubt: true, certain: true},
		{name: "2015 with many people", status: 409, code: 2015, people: 5, certain: true},
		{name: "2015 with few people", status: 409, code: 2015, people: 4, doubt: true, certain: true},
		{name: "a later try turned down, unreadable", status: 409, code: 2013, doubt: true},
		{name: "404 for a later try, unreadable", status: 404, doubt: true},
	} {
		for _, doubt := range []bool{false, true} {
			if doubt && !trouble.doubt || !doubt && !trouble.certain {
				continue
			}
			r := ledger.Request{
				State: ledger.Accepted, HTTPStatus: trouble.status, Reason: fmt.Sprint("linq_", trouble.code), People: trouble.people,
				MayHaveReached: doubt, NextTryAt: nextTry(), Tries: 1, TraceID: TraceID,
			}
			switch {
			case trouble.status == 0:
				r.Reason, r.TraceID = trouble.reason, ""
			case trouble.code == 0:
				r.Reason = fmt.Sprint("http_", trouble.status)
			}
			if trouble.foreign {
				r.TraceID = ""
			}
			name := trouble.name
			if doubt {
				name += ", in doubt"
			}
			all = append(all, Told("under_way", name, r))
			r.State, r.NextTryAt = ledger.Failed, time.Time{}
			all = append(all, Told("failed", name, r))
			if r.TraceID != "" {
				r.TraceID = ""
				all = append(all, Told("failed", name+", no trace id", r))
			}
		}
	}
	return all
}
