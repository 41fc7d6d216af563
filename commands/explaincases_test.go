package commands_test

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"linqbot/commands/commandstest"
	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

const (
	chatID  = commandstest.ChatID
	traceID = "0af7651916cd43dd8448eb211c80319c"
)

// outcomeCase is a request that people are told of. Its group is the golden file that shows what.
type outcomeCase struct {
	group, name string
	full        bool // shown with whole handles
	request     ledger.Request
}

// told makes a request of what is particular to it.
func told(group, name string, r ledger.Request) outcomeCase {
	r.ID, r.ChatID = requestID, chatID
	if r.Handle.Value() == "" {
		r.Handle = ledger.NewSecret(ada)
	}
	r.ChatName = cmp.Or(r.ChatName, "Spring launch")
	if r.ChatName == nameless {
		r.ChatName = ""
	}
	return outcomeCase{group: group, name: name, request: r}
}

// nameless stands for a chat whose name is not known.
const nameless = "-"

// outcomes are all that people can be told.
func outcomes() []outcomeCase {
	var all []outcomeCase
	for _, some := range [][]outcomeCase{states(), names(), settledByReading(), refusedByCode(), refusedByStatus(), unknownCodes(), troubles(), restored(), longWaits(), additions()} {
		all = append(all, some...)
	}
	return all
}

func nextTry() time.Time { return time.Date(2026, 3, 9, 16, 45, 10, 0, time.UTC) }

func states() []outcomeCase {
	const group = "states"
	return []outcomeCase{
		told(group, "asked", ledger.Request{State: ledger.Asked}),
		told(group, "accepted", ledger.Request{State: ledger.Accepted}),
		told(group, "accepted, the chat not read yet", ledger.Request{State: ledger.Accepted, ChatName: nameless}),
		told(group, "sent", ledger.Request{State: ledger.Sent, MayHaveReached: true, People: 5, TraceID: traceID}),
		told(group, "removed", ledger.Request{State: ledger.Removed, MayHaveReached: true, People: 4}),
		told(group, "removed, one stays", ledger.Request{State: ledger.Removed, MayHaveReached: true, People: 1}),
		told(group, "removed, the chat never read", ledger.Request{State: ledger.Removed, MayHaveReached: true, ChatName: nameless}),
		told(group, "already gone", ledger.Request{State: ledger.AlreadyGone, Reason: outcome.ReasonSeenGone}),
		told(group, "already gone, in doubt", ledger.Request{State: ledger.AlreadyGone, Reason: outcome.ReasonSeenGone, MayHaveReached: true}),
		told(group, "unconfirmed", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonStillListed, MayHaveReached: true, TraceID: traceID}),
		told(group, "unconfirmed, unreadable", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonUnreadable, MayHaveReached: true, TraceID: traceID}),
		told(group, "unconfirmed, no trace id", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonUnreadable, MayHaveReached: true}),
		told(group, "cancelled", ledger.Request{State: ledger.Cancelled}),
	}
}

func names() []outcomeCase {
	const group = "names"
	named := func(name, chat, handle string) []outcomeCase {
		o := told(group, name, ledger.Request{
			Order: ledger.Order{Handle: ledger.NewSecret(handle)}, State: ledger.Sent, MayHaveReached: true, ChatName: chat,
		})
		whole := o
		whole.full, whole.name = true, name+", whole handles"
		return []outcomeCase{o, whole}
	}
	var all []outcomeCase
	for _, some := range [][]outcomeCase{
		named("a name", "Spring launch", ada),
		named("no name", nameless, ada),
		named("handles for a name", ben+", "+carla+", +44 20 7183 8750", ada),
		named("an e-mail", "Spring launch", carla),
		named("a name with mark-up", "<!channel> *now* `rm` & co", ada),
	} {
		all = append(all, some...)
	}
	return all
}

func settledByReading() []outcomeCase {
	const group = "reasons"
	var all []outcomeCase
	for _, reason := range []string{outcome.ReasonNoSuchChat, outcome.ReasonNotAGroup, outcome.ReasonOwnLine, outcome.ReasonNotInChat} {
		o := told(group, reason, ledger.Request{State: ledger.Refused, Reason: reason})
		if reason == outcome.ReasonNoSuchChat {
			o.request.ChatName = ""
		}
		all = append(all, o)
	}
	return append(all, told(group, "no_such_chat, in doubt",
		ledger.Request{State: ledger.Refused, Reason: outcome.ReasonNoSuchChat, MayHaveReached: true}))
}

func refused(group, name string, status, code int, r ledger.Request) outcomeCase {
	r.State, r.HTTPStatus, r.Reason = ledger.Refused, status, fmt.Sprint("linq_", code)
	if code == 0 {
		r.Reason = fmt.Sprint("http_", status)
	}
	return told(group, name, r)
}

func refusedByCode() []outcomeCase {
	const group = "refused_codes"
	var all []outcomeCase
	for _, entry := range linq.Catalogue() {
		all = append(all, refused(group, fmt.Sprint(entry.Code), entry.HTTPStatus, entry.Code, ledger.Request{SeenListed: true, TraceID: traceID}))
	}
	return append(all,
		refused(group, "1002 for an e-mail", 400, 1002, ledger.Request{Order: ledger.Order{Handle: ledger.NewSecret(carla)}}),
		refused(group, "2001, never seen listed", 404, 2001, ledger.Request{TraceID: traceID, ChatName: nameless}),
		refused(group, "2013, in doubt", 409, 2013, ledger.Request{TraceID: traceID, MayHaveReached: true}),
		refused(group, "2004, in doubt", 401, 2004, ledger.Request{TraceID: traceID, MayHaveReached: true}),
	)
}

func refusedByStatus() []outcomeCase {
	const group = "refused_statuses"
	var all []outcomeCase
	for _, status := range []int{301, 400, 401, 403, 404, 405, 409, 418, 422} {
		all = append(all, refused(group, fmt.Sprint(status), status, 0, ledger.Request{}))
	}
	return append(all,
		refused(group, "404, seen listed", 404, 0, ledger.Request{SeenListed: true}),
		refused(group, "418 with a trace id", 418, 0, ledger.Request{TraceID: traceID}),
		refused(group, "418 with words", 418, 0, ledger.Request{LinqSaid: handle.MaskText("no tea for " + ada)}),
		refused(group, "418, in doubt", 418, 0, ledger.Request{MayHaveReached: true}),
	)
}

func unknownCodes() []outcomeCase {
	const group = "unknown_codes"
	saying := func(name, message string) outcomeCase {
		return refused(group, name, 403, 4711, ledger.Request{TraceID: traceID, LinqSaid: handle.MaskText(message)})
	}
	return []outcomeCase{
		saying("without words", ""),
		saying("a plain message", "The moon is full"),
		saying("numbers and an address", "no room for "+ada+", (202) 555-0143 and carla@example.com"),
		saying("mark-up", "<!channel> `rm -rf` *now*"),
		saying("several lines", "first\nsecond"),
		saying("a page", strings.Repeat("very long ", 100)),
		refused(group, "without a trace id", 403, 4711, ledger.Request{}),
	}
}

// longWaits are those in which Linq is left alone. No request ends with their reasons: it fails after
// a try, with that try's.
func longWaits() []outcomeCase {
	var all []outcomeCase
	for _, reason := range []string{outcome.ReasonNotAnswering, outcome.ReasonAskedToWait, outcome.ReasonNoMoreCalls} {
		r := ledger.Request{State: ledger.Accepted, Reason: reason, NextTryAt: nextTry()}
		all = append(all, told("under_way", reason, r))
		r.MayHaveReached = true
		all = append(all, told("under_way", reason+", in doubt", r))
	}
	return all
}

// troubles are met twice: while the request is tried again, and when it was given up.
func restored() []outcomeCase {
	return []outcomeCase{told("failed", "restored, in doubt",
		ledger.Request{State: ledger.Failed, Reason: outcome.ReasonRestored, MayHaveReached: true})}
}

func troubles() []outcomeCase {
	var all []outcomeCase
	for _, trouble := range []struct {
		name           string
		status, code   int
		people         int
		doubt, certain bool
		reason         string
	}{
		{name: "no answer", doubt: true, certain: true, reason: outcome.ReasonNoAnswer},
		{name: "our own lines are not known", doubt: true, certain: true, reason: outcome.ReasonLinesUnknown},
		{name: "408", status: 408, doubt: true},
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
				MayHaveReached: doubt, NextTryAt: nextTry(), Tries: 1, TraceID: traceID,
			}
			switch {
			case trouble.status == 0:
				r.Reason, r.TraceID = trouble.reason, ""
			case trouble.code == 0:
				r.Reason = fmt.Sprint("http_", trouble.status)
			}
			name := trouble.name
			if doubt {
				name += ", in doubt"
			}
			all = append(all, told("under_way", name, r))
			r.State, r.NextTryAt = ledger.Failed, time.Time{}
			all = append(all, told("failed", name, r))
			if r.TraceID != "" {
				r.TraceID = ""
				all = append(all, told("failed", name+", no trace id", r))
			}
		}
	}
	return all
}
