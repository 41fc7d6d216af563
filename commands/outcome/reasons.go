package outcome

import (
	"fmt"
	"strconv"
	"strings"

	"linqbot/ledger"
	"linqbot/linq"
)

// Reasons why a request ended, or waits, as the ledger keeps them. Beside these there are
// "linq_2013" for an error code of Linq, and "http_418" for an answer without one, and those of
// [ReasonOpposedBy].
const (
	ReasonNoSuchChat    = "no_such_chat"    // reading the chat: there is none
	ReasonNotAGroup     = "not_a_group"     // reading the chat: a one-to-one chat
	ReasonOwnLine       = "own_line"        // the handle is our own line: the chat or the account's phone numbers say so
	ReasonProtected     = "protected"       // the handle is one of those whom nobody removes
	ReasonPaused        = "paused"          // removals are paused, and the next try waits for that
	ReasonLinesUnknown  = "lines_unknown"   // neither the chat nor the account's phone numbers say which lines are our own
	ReasonNotInChat     = "not_in_chat"     // reading the chat: the handle is not listed
	ReasonSeenGone      = "seen_gone"       // reading the chat: the handle is not active
	ReasonSeenByWebhook = "seen_by_webhook" // Linq told that it happened
	ReasonStillListed   = "still_listed"    // reading the chat after the removal was queued: still active
	ReasonSeenThere     = "seen_there"      // reading the chat: the handle is active, as an addition wants it
	ReasonStillAway     = "still_away"      // reading the chat after the addition was queued: still not active
	ReasonUnreadable    = "unreadable"      // the chat could not be read after the request was queued
	ReasonNoAnswer      = "no_answer"       // Linq did not answer
	ReasonNotAnswering  = "not_answering"   // Linq struggles, and is left alone for longer
	ReasonAskedToWait   = "asked_to_wait"   // Linq takes no more calls for a time that it named, and is left alone for so long
	ReasonNoMoreCalls   = "no_more_calls"   // Linq takes no more calls and named no time, or less, and is left alone for longer

	// ReasonRestored: open in a backup that was restored, and never tried again since.
	ReasonRestored = ledger.ReasonRestored
)

const (
	linqReason = "linq_"
	httpReason = "http_"
	opposedBy  = "opposed_"
)

// ReasonOf names a refusal of Linq by its code, or by its HTTP status.
func ReasonOf(refusal *linq.Error) string {
	if refusal.Code != 0 {
		return fmt.Sprint(linqReason, refusal.Code)
	}
	return fmt.Sprint(httpReason, refusal.HTTPStatus)
}

// Refusal is the answer of Linq that r keeps, as far as the ledger has it.
func Refusal(r ledger.Request) *linq.Error {
	return &linq.Error{HTTPStatus: r.HTTPStatus, Code: linqCode(r.Reason), TraceID: r.TraceID}
}

// ReasonOpposedBy says that another request for the same person and chat wants the contrary, and came first.
func ReasonOpposedBy(other ledger.Request) string { return opposedBy + other.ShortID() }

// IsOpposed reports whether a reason is a [ReasonOpposedBy].
func IsOpposed(reason string) bool {
	_, opposed := otherRequest(reason)
	return opposed
}

// otherRequest is the short id in a [ReasonOpposedBy], false in any other reason.
func otherRequest(reason string) (string, bool) { return strings.CutPrefix(reason, opposedBy) }

// linqCode returns the code in a reason, 0 if it holds none.
func linqCode(reason string) int {
	digits, ok := strings.CutPrefix(reason, linqReason)
	if !ok {
		return 0
	}
	code, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return code
}
