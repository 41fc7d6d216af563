package publish

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// memoryViews keeps what is to show of deliveries as a ledger does, for tests with many of them.
type memoryViews struct {
	mu    sync.Mutex
	views map[string]ledger.View
}

func (s *memoryViews) View(_ context.Context, delivery string) (ledger.View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	view := s.views[delivery]
	view.Requests, view.Replies = slices.Clone(view.Requests), maps.Clone(view.Replies)
	return view, nil
}

// shown is what the reply of a delivery shows.
func (s *memoryViews) shown(delivery string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.views[delivery].Replies[delivery].Shown
}

func (s *memoryViews) change(delivery string, change func(*ledger.View)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	view := s.views[delivery]
	change(&view)
	s.views[delivery] = view
}

func (s *memoryViews) SaveThread(_ context.Context, t ledger.Thread) error {
	s.change(t.Delivery, func(v *ledger.View) { v.Thread = t })
	return nil
}

// SaveReply is of a request that has the name of its delivery.
func (s *memoryViews) SaveReply(_ context.Context, r ledger.Reply) error {
	s.change(r.RequestID, func(v *ledger.View) { v.Replies[r.RequestID] = r })
	return nil
}

func (s *memoryViews) UntoldFollowers(context.Context, string) ([]ledger.Follower, error) {
	return nil, nil
}

func (s *memoryViews) MarkTold(context.Context, ledger.Follower) error { return nil }

// simulation runs many deliveries of one person each as the ledger's workers do, on the environment's clock: each
// when it asked to be run again, or up to five seconds later.
type simulation struct {
	*env
	memoryViews *memoryViews
	channels    []string     // that are asked in, by turns
	others      []*Publisher // of other replicas, which do as much as this one
	deliveries  []string
	due         map[string]time.Time
	runs        int
}

// newSimulation has Slack allow that many messages at once, and one a second.
func newSimulation(t *testing.T, burst int) *simulation {
	t.Helper()
	return newSimulationOf(t, slacktest.Config{Messages: slacktest.RateLimit{Every: time.Second, Burst: burst}}, 1)
}

// newSimulationOf asks in so many channels.
func newSimulationOf(t *testing.T, cfg slacktest.Config, channels int) *simulation {
	t.Helper()
	c := &simulation{
		env: newBareEnv(t, cfg), memoryViews: &memoryViews{views: make(map[string]ledger.View)},
		channels: []string{bottest.Ops}, due: make(map[string]time.Time),
	}
	for i := range channels - 1 {
		id := fmt.Sprintf("C0OPS%d", i)
		c.Slack.AddChannel(slacktest.Channel{ID: id, BotMember: true})
		c.channels = append(c.channels, id)
	}
	c.views = c.memoryViews
	c.restart()
	return c
}

// restart goes on with a projection that knows nothing but what is stored.
func (c *simulation) restart() {
	logger, log := bottest.NewLog()
	c.publisher, c.Log = c.newPublisher(logger), log
}

// ask has so many deliveries more.
func (c *simulation) ask(many int) {
	for range many {
		id := fmt.Sprintf("delivery-%04d", len(c.deliveries))
		c.memoryViews.views[id] = ledger.View{
			Thread: ledger.Thread{Delivery: id}, Replies: map[string]ledger.Reply{id: {RequestID: id}},
			Requests: []ledger.Request{{
				ID: id, State: ledger.Accepted, AcceptedAt: c.Clock.Now(),
				Order: ledger.Order{
					Delivery: id, Kind: ledger.Remove, Source: ledger.SlashCommand,
					ChannelID: c.channels[len(c.deliveries)%len(c.channels)], UserID: bottest.Ada, ChatID: bottest.ChatID, Handle: ledger.NewSecret(bottest.Ann),
				},
			}},
		}
		c.deliveries = append(c.deliveries, id)
		c.call(id)
	}
}

// over has news of each delivery.
func (c *simulation) over() {
	for _, d := range c.deliveries {
		c.memoryViews.change(d, func(v *ledger.View) { bottest.Removed(&v.Requests[0]) })
		c.call(d)
	}
}

// call has a delivery run now, unless it is to run anyway.
func (c *simulation) call(delivery string) {
	if _, ok := c.due[delivery]; !ok {
		c.due[delivery] = c.Clock.Now()
	}
}

// work runs what is due until nothing is or that many rounds were made. What is due at the same time
// runs side by side, by no more workers than the ledger has.
func (c *simulation) work(rounds int) {
	c.T.Helper()
	for ; rounds > 0 && len(c.due) > 0; rounds-- {
		at := slices.MinFunc(slices.Collect(maps.Values(c.due)), time.Time.Compare)
		c.Clock.Pass(max(0, at.Sub(c.Clock.Now())))
		c.workDue()
	}
}

// workDue runs what is due now.
func (c *simulation) workDue() {
	c.T.Helper()
	var round []string
	for d, due := range c.due {
		if !due.After(c.Clock.Now()) {
			round = append(round, d)
			delete(c.due, d)
		}
	}
	slices.Sort(round)
	c.runs += len(round)
	waits := make([]time.Duration, len(round))
	errs := make([]error, len(round))
	var running sync.WaitGroup
	workers := make(chan struct{}, 16)
	for i, d := range round {
		workers <- struct{}{}
		publisher := c.anyPublisher()
		running.Go(func() {
			waits[i], errs[i] = publisher.Run(c.T.Context(), d)
			<-workers
		})
	}
	running.Wait()
	for i, d := range round {
		assert.NilError(c.T, errs[i])
		if waits[i] > 0 {
			c.due[d] = c.Clock.Now().Add(late(waits[i]))
		}
	}
}

// anyPublisher is the projection of a replica.
func (c *simulation) anyPublisher() *Publisher {
	if i := rand.IntN(1 + len(c.others)); i > 0 {
		return c.others[i-1]
	}
	return c.publisher
}

// late is how long a job waits that asked for this: short waits are looked after twice a second, long
// ones each five seconds.
func late(wait time.Duration) time.Duration {
	every := 500 * time.Millisecond
	if wait > 5*time.Second {
		every = 5 * time.Second
	}
	return (wait + every - 1).Truncate(every)
}

// refused counts the calls that Slack put off.
func (s *env) refused() int {
	n := 0
	for _, call := range s.Slack.Calls() {
		if call.Status == http.StatusTooManyRequests {
			n++
		}
	}
	return n
}

// wantOutcomes checks that each delivery has one thread of its own, which shows that it is over, and
// that nothing is left of the way there.
func (c *simulation) wantOutcomes() {
	c.T.Helper()
	assert.Equal(c.T, len(c.due), 0, "something waits for ever")
	messages := 0
	for _, channel := range c.channels {
		messages += len(c.Slack.Messages(channel))
	}
	assert.Equal(c.T, messages, 2*len(c.deliveries))
	for _, d := range c.deliveries {
		thread := c.memoryViews.views[d].Thread
		bottest.WantMessages(c.T, c.Slack.Thread(thread.ChannelID, thread.TS), bottest.Spree, "has left")
		assert.Assert(c.T, thread.TroubleSince.IsZero() && thread.Doubts == 0, "%+v", thread)
	}
}
