package reconcile_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/breaker"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

// crowd is many removals from one chat, carried on side by side by the same steps.
type crowd struct {
	*env
	all   []*records
	byID  map[string]*records
	calls *callCount
	runs  []int
}

// newCrowd must be called in a bubble of synctest.
func newCrowd(t *testing.T, config linqtest.Config, size, concurrency int) *crowd {
	t.Helper()
	people := []string{ada, ben, carla}
	for i := range size {
		people = append(people, fmt.Sprintf("+1202555%04d", 1000+i))
	}
	c := &crowd{
		env: newEnv(t, config, group(people...), ada),
		all: make([]*records, size), byID: make(map[string]*records), runs: make([]int, size),
	}
	for i, handle := range people[len(people)-size:] {
		r := c.records.request()
		r.ID, r.Handle = fmt.Sprintf("request-%05d", i), ledger.NewSecret(handle)
		c.all[i] = newRecords(r)
		c.byID[r.ID] = c.all[i]
	}
	c.calls = &callCount{Chats: c.client}
	c.steps = reconcile.NewSteps(reconcile.StepsConfig{
		Chats: c.calls, Records: c, Lines: knownLines(), Logger: quiet(), Jitter: exactly,
		Breaker: breaker.New(breaker.Config{Concurrency: concurrency, Logger: quiet(), Jitter: exactly}),
	})
	return c
}

// newPaused is a crowd of which the first two have met a Linq in trouble, so that the others find a
// pause of a second. It must be called in a bubble of synctest.
func newPaused(t *testing.T, size, concurrency int, trouble linqtest.Fault) *crowd {
	t.Helper()
	c := newCrowd(t, linqtest.Config{}, size, concurrency)
	c.outage(0, trouble)
	c.try(0)
	c.try(1)
	return c
}

func exactly(wait time.Duration) time.Duration { return wait }

func (c *crowd) Request(ctx context.Context, id string) (ledger.Request, error) {
	return c.byID[id].Request(ctx, id)
}

func (c *crowd) Opposing(ctx context.Context, r ledger.Request) (ledger.Request, error) {
	return c.byID[r.ID].Opposing(ctx, r)
}

func (c *crowd) Save(ctx context.Context, r ledger.Request, change ledger.Change) (ledger.Request, error) {
	return c.byID[r.ID].Save(ctx, r, change)
}

// try runs the step once.
func (c *crowd) try(i int) time.Duration {
	c.t.Helper()
	c.runs[i]++
	wait, err := c.steps.Try(c.ctx, c.all[i].request().ID)
	assert.NilError(c.t, err)
	return wait
}

// start runs the step once beside what follows, and returns how to wait for its end.
func (c *crowd) start(i int) (ended func() time.Duration) {
	var wait time.Duration
	var err error
	over := make(chan struct{})
	c.runs[i]++
	go func() {
		defer close(over)
		wait, err = c.steps.Try(c.ctx, c.all[i].request().ID)
	}()
	synctest.Wait()
	return func() time.Duration {
		c.t.Helper()
		<-over
		assert.NilError(c.t, err)
		return wait
	}
}

// work carries all requests on, so many at a time, until none wants to be run again.
func (c *crowd) work(workers int) {
	c.t.Helper()
	places := make(chan struct{}, workers)
	var all sync.WaitGroup
	for i := range c.all {
		all.Go(func() {
			for {
				places <- struct{}{}
				wait := c.try(i)
				<-places
				if wait == 0 {
					return
				}
				time.Sleep(wait)
			}
		})
	}
	all.Wait()
}

// outage makes Linq answer every call in the same way, for some time or, with 0, until it is healed.
func (c *crowd) outage(duration time.Duration, fault linqtest.Fault) {
	c.linq.Inject(fault)
	if duration > 0 {
		time.AfterFunc(duration, c.linq.ClearFaults)
	}
}

// states counts the requests in each state.
func (c *crowd) states() map[ledger.State]int {
	states := map[ledger.State]int{}
	for _, r := range c.all {
		states[r.request().State]++
	}
	return states
}

// callCount counts the calls of each kind that are under way, and hears of each.
type callCount struct {
	reconcile.Chats
	mu                        sync.Mutex
	reading, changing         int
	mostReadings, mostChanges int
}

func (n *callCount) count(now, most *int) func() {
	n.mu.Lock()
	defer n.mu.Unlock()
	*now++
	*most = max(*most, *now)
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		*now--
	}
}

func (n *callCount) Chat(ctx context.Context, id linq.ChatID) (linq.Chat, error) {
	defer n.count(&n.reading, &n.mostReadings)()
	return n.Chats.Chat(ctx, id)
}

func (n *callCount) RemoveParticipant(ctx context.Context, id linq.ChatID, person handle.Handle) (linq.Accepted, error) {
	defer n.count(&n.changing, &n.mostChanges)()
	return n.Chats.RemoveParticipant(ctx, id, person)
}
