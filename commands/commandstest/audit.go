package commandstest

import (
	"context"
	"sync"

	"linqbot/ledger"
)

// Audit keeps what leaves no request, as a ledger does.
type Audit struct {
	mu       sync.Mutex
	Denials  []ledger.Denial
	Readings []ledger.Reading
	spent    map[string]bool
	Err      error // of each record
}

func (a *Audit) spend(delivery string) (fresh bool) {
	fresh = !a.spent[delivery]
	if delivery != "" {
		if a.spent == nil {
			a.spent = make(map[string]bool)
		}
		a.spent[delivery] = true
	}
	return fresh
}

// Deny keeps a denial.
func (a *Audit) Deny(_ context.Context, d ledger.Denial) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fresh := a.spend(d.Delivery)
	if fresh {
		a.Denials = append(a.Denials, d)
	}
	return !fresh, a.Err
}

// KeepReading keeps a reading.
func (a *Audit) KeepReading(_ context.Context, r ledger.Reading) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fresh := a.spend(r.Delivery)
	if fresh {
		a.Readings = append(a.Readings, r)
	}
	return !fresh, a.Err
}

// TakeDelivery spends a delivery.
func (a *Audit) TakeDelivery(_ context.Context, delivery string) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.spend(delivery), nil
}
