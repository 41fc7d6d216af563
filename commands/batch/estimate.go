package batch

import (
	"time"

	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Speed is what is known of how fast a batch goes. The zero value knows nothing.
type Speed struct {
	ledger.Pace

	Concurrency int // how many requests of batches run side by side
}

// each is how long a batch takes for each of its requests, and whether that was measured: by the last batches, or else
// by the last calls to Linq, of which a request takes two, since it reads the chat first.
func (s Speed) each() (_ time.Duration, measured bool) {
	const calls, assumed = 2, time.Second
	switch {
	case s.InBatch > 0:
		return s.InBatch, true
	case s.Call > 0 && s.Concurrency > 0:
		return s.Call * calls / time.Duration(s.Concurrency), true
	default:
		return assumed, false
	}
}

// estimate says how long so many requests of a batch take.
func (s Speed) estimate(requests int) richtext.Text {
	each, measured := s.each()
	takes := about(each * time.Duration(requests))
	if !measured {
		return richtext.Say("This takes about %s if Linq takes one a second; other removals go first.", takes)
	}
	return richtext.Say("This takes about %s, going by the last removals; other removals go first.", takes)
}
