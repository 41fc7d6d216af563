package outcome

import (
	"fmt"
	"slices"

	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// row is what people read about one reason, or about answers of one sort that no reason names. A row
// that has no words for a use leaves it to the rows below.
type row struct {
	reasons []string               // as the ledger keeps them
	opposed bool                   // for every [ReasonOpposedBy]
	answers func(*linq.Error) bool // Optional; Linq's last answers that the row is for too.

	refused byKind // the request ended with it
	trouble byKind // it is tried again, or was given up; then next says what to do, if it is not the usual
	wait    byKind // it waits for this at length
}

func (row row) isFor(r ledger.Request) bool {
	_, opposed := otherRequest(r.Reason)
	return slices.Contains(row.reasons, r.Reason) || row.opposed && opposed || row.answers != nil && row.answers(Refusal(r))
}

// findWords returns the words of the first row that has any for the use.
func findWords(r ledger.Request, use func(row) byKind) (words, bool) {
	for _, row := range reasonTable() {
		if !row.isFor(r) {
			continue
		}
		if w, ok := use(row).pick(r); ok {
			return w, true
		}
	}
	return words{}, false
}

// reasonWords returns the words for the reason of a request that was refused, was given up, or waits.
func reasonWords(r ledger.Request) words {
	if r.State == ledger.Refused {
		w, _ := findWords(r, func(row row) byKind { return row.refused })
		return w
	}
	if r.State != ledger.Failed {
		if w, ok := findWords(r, func(row row) byKind { return row.wait }); ok {
			return w
		}
	}
	w, _ := findWords(r, func(row row) byKind { return row.trouble })
	return w
}

func just(happened, next string) []words { return []words{{happened: happened, next: next}} }

// adding has the words for an addition, whose next step depends on whether it takes a removal back: then the person
// and the chat are right, and nobody can type them anew.
func adding(happened, nextOfBack, next string) []words {
	return []words{{when: takesBack, happened: happened, next: nextOfBack}, {happened: happened, next: next}}
}

// needsPerson is for what only someone who runs linqbot can mend.
func needsPerson(happened, next string) []words {
	return []words{{mark: richtext.MarkNeedsPerson, happened: happened, next: next}}
}

// codes are the reasons that name these error codes of Linq.
func codes(numbers ...int) []string {
	var reasons []string
	for _, code := range numbers {
		reasons = append(reasons, fmt.Sprint(linqReason, code))
	}
	return reasons
}
