package sqlite

// SelectKnown is what is asked before requests are inserted.
const SelectKnown = selectKnown

// WithFixedPlan is how a statement is prepared.
func WithFixedPlan(query string) string { return withFixedPlan(query) }
