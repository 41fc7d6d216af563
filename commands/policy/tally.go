package policy

import "linqbot/ledger"

// Outcomes counts the answers to people, by the way in which they asked and by the outcome as the log has it.
// Optional; nil counts nothing. It must not take long.
type Outcomes func(source ledger.Source, outcome string)

// Count tells of an outcome, and returns it, so that what is counted is what is logged.
func (t Outcomes) Count(source ledger.Source, outcome string) string {
	if t != nil {
		t(source, outcome)
	}
	return outcome
}
