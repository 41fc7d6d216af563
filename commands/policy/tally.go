package policy

import "linqbot/ledger"

// Outcomes is told how people were answered who asked for something: the way in which they did, and the
// outcome as the log has it. Optional; nil counts nothing. It must not take long.
type Outcomes func(source ledger.Source, outcome string)

// Count tells of an outcome, and returns it, so that what is counted is what is logged.
func (t Outcomes) Count(source ledger.Source, outcome string) string {
	if t != nil {
		t(source, outcome)
	}
	return outcome
}
