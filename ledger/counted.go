package ledger

// surelyBelow reports that a batch exceeds no limit, as far as that is known without counting: since a scope was
// counted, removals have left the window or were declined, and none came that is not added here.
func (a acceptor) surelyBelow(batch []*acceptance, fresh map[string]bool) bool {
	if !a.store.Alone() {
		return false
	}
	if len(a.atMost) > mostCounted {
		clear(a.atMost)
	}
	below := true
	for _, call := range batch {
		a.remember(call, fresh)
		below = below && call.freshRemovals(fresh, true) == call.freshRemovals(fresh, false) // of a dry run it is not known
		for s, most := range call.bounds() {
			atMost, known := a.atMost[s]
			below = below && known && atMost <= most
		}
	}
	return below
}

// remember adds what a call adds, also if no limit holds for it: one may hold later.
func (a acceptor) remember(call *acceptance, fresh map[string]bool) {
	for i, o := range call.orders {
		if o.Kind != Remove || o.DryRun != nil || !fresh[call.ids[i]] {
			continue
		}
		if atMost, known := a.atMost[everybody]; known {
			a.atMost[everybody] = atMost + 1
		}
		if atMost, known := a.atMost[scope(o.UserID)]; known && o.UserID != "" {
			a.atMost[scope(o.UserID)] = atMost + 1
		}
	}
}

// forget has scopes counted anew. Its caller writes to the store, so nobody accepts meanwhile where this counts.
func (a acceptor) forget(scopes ...scope) {
	if !a.store.Alone() {
		return
	}
	for _, s := range scopes {
		delete(a.atMost, s)
	}
}

// mostCounted bounds the scopes that are remembered.
const mostCounted = 10_000
