package outcome

import (
	"time"

	"linqbot/ledger"
)

// undoFor is how long after its end a removal can be taken back.
const undoFor = 24 * time.Hour

// UndoUntil returns until when r, which can be undone, is on offer.
func UndoUntil(r ledger.Request) time.Time { return r.EndedAt.Add(undoFor) }

// CanBeUndone reports whether r is a removal that was seen to happen.
func CanBeUndone(r ledger.Request) bool { return r.Kind == ledger.Remove && r.State == ledger.Removed }

// OffersUndo reports whether "Add back" is on offer for r. It is for a removal that was seen less than 24 hours ago
// and that, as far as r tells, nobody takes back already.
func OffersUndo(r ledger.Request, now time.Time) bool {
	return CanBeUndone(r) && now.Before(UndoUntil(r)) && !r.Undone
}
