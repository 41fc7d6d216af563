package bot

import (
	"context"
	"slices"
	"sync"

	"linqbot/commands/invocation"
	"linqbot/commands/richtext"
)

// FakeCommand counts its runs.
type FakeCommand struct {
	mu   sync.Mutex
	seen []invocation.Invocation
	do   func(invocation.Invocation) richtext.Answer
}

func (c *FakeCommand) Run(_ context.Context, in invocation.Invocation) richtext.Answer {
	c.mu.Lock()
	c.seen = append(c.seen, in)
	c.mu.Unlock()
	if c.do != nil {
		return c.do(in)
	}
	return richtext.Answer{richtext.Say("Recorded.")}
}

func (c *FakeCommand) runs() []invocation.Invocation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.seen)
}
