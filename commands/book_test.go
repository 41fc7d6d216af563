package commands_test

import (
	"context"
	"sync"

	"linqbot/ledger"
)

// book keeps what leaves no request, as a ledger does.
type book struct {
	mu       sync.Mutex
	denials  []ledger.Denial
	readings []ledger.Reading
	spent    map[string]bool
	err      error // of each record
	takeErr  error
}

func (b *book) spend(delivery string) (fresh bool) {
	fresh = !b.spent[delivery]
	if delivery != "" {
		if b.spent == nil {
			b.spent = make(map[string]bool)
		}
		b.spent[delivery] = true
	}
	return fresh
}

func (b *book) Deny(_ context.Context, d ledger.Denial) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fresh := b.spend(d.Delivery)
	if fresh {
		b.denials = append(b.denials, d)
	}
	return !fresh, b.err
}

func (b *book) KeepReading(_ context.Context, r ledger.Reading) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fresh := b.spend(r.Delivery)
	if fresh {
		b.readings = append(b.readings, r)
	}
	return !fresh, b.err
}

func (b *book) TakeDelivery(_ context.Context, delivery string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spend(delivery), b.takeErr
}
