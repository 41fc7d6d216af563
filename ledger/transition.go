package ledger

import "time"

// Transition is a change of a request's state.
type Transition struct {
	Request Request // as it now is
	Before  State
	At      time.Time
}

// tell tells of a change that is stored.
func (l *Ledger) tell(before State, at time.Time, now ...Request) {
	if l.changed == nil {
		return
	}
	for _, r := range now {
		if r.State != before {
			l.changed(Transition{Request: r, Before: before, At: at})
		}
	}
}
