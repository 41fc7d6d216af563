package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// memoryBatch keeps one batch as a ledger does, until the process that saves crashes.
type memoryBatch struct {
	mu       sync.Mutex
	batch    ledger.Batch
	items    []ledger.BatchResult
	thread   ledger.Thread
	messages map[string]ledger.Posting
	untold   []ledger.Follower
	undone   bool

	saves   int // so far
	crashAt int // the save that fails, and with it all that follow; 0 for none
}

var errCrash = errors.New("the process is gone")

func (m *memoryBatch) save(do func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.saves++
	if m.crashAt > 0 && m.saves >= m.crashAt {
		return errCrash
	}
	do()
	return nil
}

func (m *memoryBatch) View(context.Context, string) (ledger.View, error) {
	return ledger.View{}, ledger.ErrNotFound
}
func (m *memoryBatch) SaveReply(context.Context, ledger.Reply) error { return nil }
func (m *memoryBatch) UntoldFollowers(context.Context, string) ([]ledger.Follower, error) {
	return nil, nil
}

func (m *memoryBatch) SaveThread(_ context.Context, t ledger.Thread) error {
	return m.save(func() { m.thread = t })
}

func (m *memoryBatch) SaveBatchMessage(_ context.Context, _, name string, p ledger.Posting) error {
	return m.save(func() { m.messages[name] = p })
}

func (m *memoryBatch) MarkBatchShown(context.Context, string) error {
	return m.save(func() { m.batch.Shown = true })
}

func (m *memoryBatch) MarkTold(context.Context, ledger.Follower) error {
	return m.save(func() { m.untold = nil })
}

func (m *memoryBatch) Batch(context.Context, string) (ledger.Batch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.batch, nil
}

func (m *memoryBatch) BatchUndoneBy(context.Context, string) (ledger.Batch, error) {
	if m.undone {
		return ledger.Batch{}, nil
	}
	return ledger.Batch{}, fmt.Errorf("load batch: %w", ledger.ErrNotFound)
}

func (m *memoryBatch) Progress(context.Context, string) (ledger.Progress, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := ledger.Progress{All: len(m.items), States: make(map[ledger.State]int)}
	for _, item := range m.items {
		if item.Request.ID != "" {
			p.States[item.Request.State]++
		}
	}
	return p, nil
}

func (m *memoryBatch) BatchItems(_ context.Context, _ string, after, limit int) ([]ledger.BatchResult, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	after = min(after, len(m.items))
	return slices.Clone(m.items[after:min(after+limit, len(m.items))]), nil
}

func (m *memoryBatch) BatchThread(context.Context, string) (ledger.Thread, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.thread, nil
}

func (m *memoryBatch) BatchMessages(context.Context, string) (map[string]ledger.Posting, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.messages), nil
}

func (m *memoryBatch) UntoldBatchFollowers(context.Context, string) ([]ledger.Follower, error) {
	return m.untold, nil
}

func (m *memoryBatch) Request(_ context.Context, id string) (ledger.Request, error) {
	for _, item := range m.items {
		if item.Request.ID == id {
			return item.Request, nil
		}
	}
	return ledger.Request{}, ledger.ErrNotFound
}

func (m *memoryBatch) Pace(context.Context) (ledger.Pace, error) { return ledger.Pace{}, nil }

const batchID = "0199c0de-0000-7000-8000-00000000beef"

// batchEnv has a Slack, a batch of Ada's that waits for her yes, and the projection between them.
type batchEnv struct {
	*env
	memory *memoryBatch
}

func newBatchEnv(t *testing.T, cfg slacktest.Config, chats int) *batchEnv {
	t.Helper()
	s := &batchEnv{env: newBareEnv(t, cfg)}
	now := s.Clock.Now()
	s.memory = &memoryBatch{
		thread: ledger.Thread{Delivery: batchID}, messages: make(map[string]ledger.Posting),
		batch: ledger.Batch{
			ID: batchID, State: ledger.Proposed, AcceptedAt: now, ExpiresAt: now.Add(10 * time.Minute),
			BatchOrder: ledger.BatchOrder{
				Delivery: "d1", Job: ledger.Offboard, Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: bottest.Team,
				ChannelID: bottest.Ops, UserID: bottest.Ada, Handles: []ledger.Secret{ledger.NewSecret(bottest.Ann)}, Asks: true,
				ResponseURL: ledger.NewSecret(s.Slack.NewResponseURL(bottest.Ops, bottest.Ada, "")),
			},
		},
	}
	for i := range chats {
		s.memory.items = append(s.memory.items, ledger.BatchResult{BatchItem: ledger.BatchItem{
			Position: i + 1, ChatID: fmt.Sprintf("3b9d7c52-2f64-4a7e-8d0b-%012d", i), ChatName: fmt.Sprintf("Team %d", i+1),
			Handle: ledger.NewSecret(bottest.Ann),
		}})
	}
	s.views = s.memory
	s.restart()
	return s
}

// restart goes on with a projection that knows nothing but what is stored.
func (s *batchEnv) restart() {
	logger, log := bottest.NewLog()
	s.publisher, s.Log = s.newPublisher(logger), log
	s.publisher.cfg.Batches = s.memory
}

func (s *batchEnv) change(change func(*memoryBatch)) {
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	change(s.memory)
}

// confirm lets the batch run.
func (s *batchEnv) confirm() {
	s.change(func(m *memoryBatch) {
		m.batch.State, m.batch.ConfirmedAt, m.batch.DecidedBy = ledger.Running, s.Clock.Now(), bottest.Ada
	})
}

// reach brings the first items into a state.
func (s *batchEnv) reach(items int, state ledger.State) {
	s.change(func(m *memoryBatch) {
		for i := range items {
			r := &m.items[i].Request
			if r.State.Final() && r.ID != "" {
				continue
			}
			*r = ledger.Request{
				ID: fmt.Sprintf("0199c0de-0000-7000-9000-%012d", i), State: state, TraceID: "trace-1",
				Order: ledger.Order{Kind: ledger.Remove, ChatID: m.items[i].ChatID, Handle: m.items[i].Handle, UserID: bottest.Ada, BatchID: batchID},
			}
			if state == ledger.Refused {
				r.Reason, r.HTTPStatus = "linq_2005", 400
			}
		}
	})
}

// end ends the batch as the ledger does.
func (s *batchEnv) end(state ledger.BatchState) {
	s.change(func(m *memoryBatch) { m.batch.State, m.batch.EndedAt = state, s.Clock.Now() })
}

// run projects the batch once, and returns after how long it wants to be run again.
func (s *batchEnv) run() time.Duration {
	s.T.Helper()
	again, err := s.publisher.RunBatch(s.T.Context(), batchID)
	assert.NilError(s.T, err)
	return again
}

// settle runs an ended batch until it asks for no further run, and an open one for a while.
func (s *batchEnv) settle() {
	s.T.Helper()
	const most = 60
	for range most {
		again := s.run()
		if again == 0 {
			return
		}
		s.Clock.Pass(again)
		if again > updateEvery && s.memory.batch.Open() {
			return
		}
	}
	if !s.memory.batch.Open() {
		s.T.Fatalf("after %d runs there was still something to do", most)
	}
}

// thread returns the one thread of the channel.
func (s *batchEnv) thread() []slacktest.Message {
	s.T.Helper()
	return s.OnlyThread()
}
