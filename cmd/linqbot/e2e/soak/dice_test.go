//go:build unix

package soak_test

import (
	"math/rand/v2"
	"sync"
	"time"
)

// dice decides what happens when. Several goroutines roll them.
type dice struct {
	mu   sync.Mutex
	from *rand.Rand
}

func newDice(seed uint64) *dice { return &dice{from: rand.New(rand.NewPCG(seed, 0))} }

func (d *dice) below(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.from.IntN(n)
}

func (d *dice) oneIn(n int) bool { return d.below(n) == 0 }

func (d *dice) between(least, most time.Duration) time.Duration {
	return least + time.Duration(d.below(int((most-least)/time.Millisecond)))*time.Millisecond
}

// pause waits for a random moment to come.
func (d *dice) pause(least, most time.Duration) { time.Sleep(d.between(least, most)) }
