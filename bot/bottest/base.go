package bottest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// The people, places and chat of most tests.
const (
	Ops    = "C0OPS"
	Aside  = "C0ASIDE"
	Ada    = "U0ADA"
	Grace  = "U0GRACE"
	ChatID = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"

	Dora = "dora@example.com"
	Line = "+12025550100" // our own
	Team = "T0SLACKTEST"

	Ann   = "+14155550132"
	Bert  = "+14155550133"
	Cleo  = "+14155550134"
	Spree = "Spring launch"
)

// Settings are kept in memory.
type Settings struct {
	mu   sync.Mutex
	Kept map[string]string
	Err  error
}

// Setting returns what is kept.
func (s *Settings) Setting(_ context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Kept[name], s.Err
}

// Keep keeps a setting.
func (s *Settings) Keep(_ context.Context, name, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Kept == nil {
		s.Kept = make(map[string]string)
	}
	s.Kept[name] = value
	return s.Err
}

// All returns everything that is kept.
func (s *Settings) All() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.Kept)
}

// Base has a Slack and a ledger, with one clock.
type Base struct {
	T      *testing.T
	Clock  *Clock
	Slack  *slacktest.Slack
	Ledger *ledger.Ledger
	Log    *Lines
	Stop   func()      // ends Slack
	Shows  ledger.Step // projects a delivery
}

// NewBase has a public channel that the bot is in, two people, and a ledger that is not started.
func NewBase(t *testing.T, cfg slacktest.Config) (*Base, *logrus.Logger) {
	t.Helper()
	s := NewBareBase(t, cfg)
	logger, log := NewLog()
	s.Ledger, s.Log = openLedger(t, logger, s.Clock.Now), log
	return s, logger
}

// NewBareBase has no ledger.
func NewBareBase(t *testing.T, cfg slacktest.Config) *Base {
	t.Helper()
	s := &Base{T: t, Clock: NewClock()}
	if cfg.Now == nil {
		cfg.Now = s.Clock.Now
	}
	s.Slack = slacktest.New(cfg)
	s.Slack.AddUser(slacktest.User{ID: Ada, Name: "Ada"})
	s.Slack.AddUser(slacktest.User{ID: Grace, Name: "Grace"})
	s.Slack.AddChannel(slacktest.Channel{ID: Ops, Name: "ops", BotMember: true})
	stop, err := s.Slack.Serve()
	assert.NilError(t, err)
	s.Stop = stop
	t.Cleanup(stop)

	t.Cleanup(func() {
		assert.Check(t, len(s.Slack.Pings()) == 0, "pinged: %+v", s.Slack.Pings())
		assert.Check(t, len(s.Slack.Violations()) == 0, "violations: %q", s.Slack.Violations())
	})
	return s
}

// Ask records that Ada asked, in one delivery, for handles to be removed, and returns the delivery.
func (s *Base) Ask(handles ...string) string {
	s.T.Helper()
	return s.AskIn(Ops, Ada, handles...)
}

// AskIn is [Base.Ask] of another person, in another channel.
func (s *Base) AskIn(channel, user string, handles ...string) string {
	s.T.Helper()
	delivery := s.Slack.NewTriggerID(user)
	url := s.Slack.NewResponseURL(channel, user, "")
	orders := make([]ledger.Order, len(handles))
	for i, handle := range handles {
		orders[i] = ledger.Order{
			Delivery: delivery, Kind: ledger.Remove, Source: ledger.SlashCommand,
			TeamID: s.Slack.Config().TeamID, ChannelID: channel, UserID: user, Rule: "user " + user,
			ResponseURL: ledger.NewSecret(url), ChatID: ChatID, Handle: ledger.NewSecret(handle),
		}
	}
	_, err := s.Ledger.Accept(s.T.Context(), orders)
	assert.NilError(s.T, err)
	return delivery
}

// View returns a delivery as the ledger has it.
func (s *Base) View(delivery string) ledger.View {
	s.T.Helper()
	view, err := s.Ledger.View(s.T.Context(), delivery)
	assert.NilError(s.T, err)
	return view
}

// News changes the request with that handle.
func (s *Base) News(delivery, handle string, change func(*ledger.Request)) {
	s.T.Helper()
	requests := s.View(delivery).Requests
	i := slices.IndexFunc(requests, func(r ledger.Request) bool { return r.Handle.Value() == handle })
	assert.Assert(s.T, i >= 0, "no such request")
	change(&requests[i])
	_, err := s.Ledger.Save(s.T.Context(), requests[i], ledger.Change{Cause: "the test says so", News: true})
	assert.NilError(s.T, err)
}

// Sent is news: Linq has queued the removal.
func (s *Base) Sent(r *ledger.Request) {
	r.State, r.SentAt, r.ChatName, r.TraceID = ledger.Sent, s.Clock.Now(), Spree, "trace-1"
}

// Removed is news: the person has left.
func Removed(r *ledger.Request) { r.State, r.ChatName, r.People = ledger.Removed, Spree, 4 }

// Run projects a delivery as a job does, and returns the wait that is asked for.
func (s *Base) Run(delivery string) time.Duration {
	s.T.Helper()
	again, err := s.Shows(s.T.Context(), delivery)
	assert.NilError(s.T, err)
	return again
}

// Settle runs a delivery until it asks for no further run, and lets the time pass that it asks for.
func (s *Base) Settle(delivery string) {
	s.T.Helper()
	const most = 100
	for range most {
		again := s.Run(delivery)
		if again == 0 {
			return
		}
		s.Clock.Pass(again)
	}
	s.T.Fatalf("after %d runs there was still something to do", most)
}

// Calls counts what was asked of Slack by method.
func (s *Base) Calls(method string) int {
	n := 0
	for _, call := range s.Slack.Calls() {
		if call.Method == method {
			n++
		}
	}
	return n
}

// Parents are the messages of the channel that stand in no thread.
func (s *Base) Parents() []slacktest.Message {
	return slices.DeleteFunc(s.Slack.Messages(Ops), func(m slacktest.Message) bool { return m.ThreadTS != "" })
}

// OnlyThread returns the one thread of the channel: the parent and its replies.
func (s *Base) OnlyThread() []slacktest.Message {
	s.T.Helper()
	parents := s.Parents()
	assert.Equal(s.T, len(parents), 1, "%+v", s.Slack.Messages(Ops))
	thread := s.Slack.Thread(Ops, parents[0].TS)
	assert.Equal(s.T, len(thread), len(s.Slack.Messages(Ops)), "some reply stands in no thread")
	return thread
}

// WantThread checks that the channel holds one thread, whose messages hold these words.
func (s *Base) WantThread(words ...string) {
	s.T.Helper()
	WantMessages(s.T, s.OnlyThread(), words...)
}

// WantMessages checks that the messages hold these words, one each.
func WantMessages(t *testing.T, got []slacktest.Message, words ...string) {
	t.Helper()
	assert.Equal(t, len(got), len(words), "%+v", got)
	for i, word := range words {
		assert.Assert(t, strings.Contains(got[i].Rendered, word), "message %d is %q, without %q", i, got[i].Rendered, word)
	}
}

// Fail makes calls of a method go wrong.
func (s *Base) Fail(method string, f slacktest.Fault) {
	f.Method = method
	s.Slack.Inject(f)
}

// Untold counts the followers of a delivery who are still to be told.
func (s *Base) Untold(delivery string) int {
	s.T.Helper()
	followers, err := s.Ledger.UntoldFollowers(s.T.Context(), delivery)
	assert.NilError(s.T, err)
	return len(followers)
}
