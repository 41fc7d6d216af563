package outcome

import (
	"strings"

	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// condition is what words may depend on beside the state and the reason.
type condition func(ledger.Request) bool

func all(conditions ...condition) condition {
	return func(r ledger.Request) bool {
		for _, holds := range conditions {
			if !holds(r) {
				return false
			}
		}
		return true
	}
}

// takesBack reports whether r adds somebody back whom a removal of ours took out.
func takesBack(r ledger.Request) bool { return r.Undoes != "" }

func inDoubt(r ledger.Request) bool    { return r.MayHaveReached }
func seenListed(r ledger.Request) bool { return r.SeenListed }
func isEmail(r ledger.Request) bool    { return handle.New(r.Handle.Value()).IsEmail() }
func notTried(r ledger.Request) bool   { return r.NextTryAt.IsZero() }
func chatRead(r ledger.Request) bool   { return r.People > 0 }
func onePerson(r ledger.Request) bool  { return r.People == 1 }
func unreadable(r ledger.Request) bool { return r.Reason == ReasonUnreadable }
func restored(r ledger.Request) bool   { return r.Reason == ReasonRestored }
func linqSpoke(r ledger.Request) bool  { return r.LinqSaid != "" }

// waitsLong reports whether Linq is left alone for longer.
func waitsLong(r ledger.Request) bool {
	_, waits := findWords(r, func(row row) byKind { return row.wait })
	return waits
}

// fewWouldStay reports whether a removal may run into Linq's rule that at least 3 people remain.
// Whether it counts our own line is not documented, so this explains a conflict and never predicts one.
func fewWouldStay(r ledger.Request) bool {
	const mayBeTooFew = 4
	return r.People > 0 && r.People <= mayBeTooFew
}

// tooFewToAdd reports whether an addition breaks Linq's rule that a group has at least 3 people
// before it. Like [fewWouldStay] it explains a conflict and never predicts one.
func tooFewToAdd(r ledger.Request) bool {
	const enough = 3
	return r.People > 0 && r.People < enough
}

// mayBeFull reports whether an addition may run into the most people that a group of Linq's begins with. Like
// [tooFewToAdd] it explains a conflict.
func mayBeFull(r ledger.Request) bool {
	const most = 31 // beside our own line
	return r.People > most
}

// passes reports whether what Linq documents about the code gives hope that it passes by itself.
func passes(r ledger.Request) bool {
	entry, _ := linq.LookUp(linqCode(r.Reason))
	switch entry.Retry {
	case linq.RetryAfterWait, linq.RetrySeconds, linq.RetryAfterReading, linq.RetryLater:
		return true
	}
	return false
}

// The rest are about answers of Linq.

func hasCode(answer *linq.Error) bool { return answer.Code != 0 }

func documented(answer *linq.Error) bool {
	_, known := linq.LookUp(answer.Code)
	return known
}

// aboutLinq reports whether the meaning of the code is a sentence about Linq itself, which needs no
// beginning.
func aboutLinq(answer *linq.Error) bool {
	entry, _ := linq.LookUp(answer.Code)
	return strings.HasPrefix(entry.Meaning, "Linq ")
}

func notFoundOrConflict(answer *linq.Error) bool { return answer.NotFound() || answer.Conflict() }

func anyAnswer(*linq.Error) bool { return true }
