package bot

import (
	"bytes"
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

const (
	ops    = "C0OPS"
	ada    = "U0ADA"
	grace  = "U0GRACE"
	chatID = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"

	dora     = "dora@example.com"
	line     = "+12025550100" // our own
	testTeam = "T0SLACKTEST"

	ann   = "+14155550132"
	bert  = "+14155550133"
	cleo  = "+14155550134"
	spree = "Spring launch"
)

// clock is a time that only the test moves, unless it runs.
type clock struct {
	mu    sync.Mutex
	at    time.Time
	since time.Time // when it began to run; zero while it stands
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since.IsZero() {
		return c.at
	}
	return c.at.Add(time.Since(c.since))
}

func (c *clock) run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since = time.Now()
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// lines keeps a log, so that it can be read.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newLog logs everything as production does: in JSON.
func newLog() (*logrus.Logger, *lines) {
	log := new(lines)
	logger := logrus.New()
	logger.SetOutput(log)
	logger.SetLevel(logrus.TraceLevel)
	logger.SetFormatter(new(logrus.JSONFormatter))
	return logger, log
}

// settings are kept in memory.
type settings struct {
	mu   sync.Mutex
	kept map[string]string
	err  error
}

func (s *settings) Setting(_ context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[name], s.err
}

func (s *settings) Keep(_ context.Context, name, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = make(map[string]string)
	}
	s.kept[name] = value
	return s.err
}

func (s *settings) all() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.kept)
}

// base has a Slack and a ledger, with one clock.
type base struct {
	t      *testing.T
	clock  *clock
	slack  *slacktest.Slack
	ledger *ledger.Ledger
	log    *lines
	stop   func()      // ends Slack
	shows  ledger.Step // projects a delivery
}

// newBase has a public channel that the bot is in, two people, and a ledger that is not started.
func newBase(t *testing.T, cfg slacktest.Config) (*base, *logrus.Logger) {
	t.Helper()
	s := newBareBase(t, cfg)
	logger, log := newLog()
	s.ledger, s.log = openLedger(t, logger, s.clock.now), log
	return s, logger
}

// newBareBase has no ledger.
func newBareBase(t *testing.T, cfg slacktest.Config) *base {
	t.Helper()
	s := &base{t: t, clock: newClock()}
	if cfg.Now == nil {
		cfg.Now = s.clock.now
	}
	s.slack = slacktest.New(cfg)
	s.slack.AddUser(slacktest.User{ID: ada, Name: "Ada"})
	s.slack.AddUser(slacktest.User{ID: grace, Name: "Grace"})
	s.slack.AddChannel(slacktest.Channel{ID: ops, Name: "ops", BotMember: true})
	stop, err := s.slack.Serve()
	assert.NilError(t, err)
	s.stop = stop
	t.Cleanup(stop)

	t.Cleanup(func() {
		assert.Check(t, len(s.slack.Pings()) == 0, "pinged: %+v", s.slack.Pings())
		assert.Check(t, len(s.slack.Violations()) == 0, "violations: %q", s.slack.Violations())
	})
	return s
}

// ask records that Ada asked, in one delivery, for handles to be removed, and returns the delivery.
func (s *base) ask(handles ...string) string {
	s.t.Helper()
	return s.askIn(ops, ada, handles...)
}

func (s *base) askIn(channel, user string, handles ...string) string {
	s.t.Helper()
	delivery := s.slack.NewTriggerID(user)
	url := s.slack.NewResponseURL(channel, user, "")
	orders := make([]ledger.Order, len(handles))
	for i, handle := range handles {
		orders[i] = ledger.Order{
			Delivery: delivery, Kind: ledger.Remove, Source: ledger.SlashCommand,
			TeamID: s.slack.Config().TeamID, ChannelID: channel, UserID: user, Rule: "user " + user,
			ResponseURL: ledger.Conceal(url), ChatID: chatID, Handle: ledger.Conceal(handle),
		}
	}
	_, err := s.ledger.Accept(s.t.Context(), orders)
	assert.NilError(s.t, err)
	return delivery
}

func (s *base) view(delivery string) ledger.View {
	s.t.Helper()
	view, err := s.ledger.View(s.t.Context(), delivery)
	assert.NilError(s.t, err)
	return view
}

// news changes the request with that handle.
func (s *base) news(delivery, handle string, change func(*ledger.Request)) {
	s.t.Helper()
	requests := s.view(delivery).Requests
	i := slices.IndexFunc(requests, func(r ledger.Request) bool { return r.Handle.Reveal() == handle })
	assert.Assert(s.t, i >= 0, "no such request")
	change(&requests[i])
	_, err := s.ledger.Save(s.t.Context(), requests[i], ledger.Change{Cause: "the test says so", News: true})
	assert.NilError(s.t, err)
}

func (s *base) sent(r *ledger.Request) {
	r.State, r.SentAt, r.ChatName, r.TraceID = ledger.Sent, s.clock.now(), spree, "trace-1"
}

func removed(r *ledger.Request) { r.State, r.ChatName, r.People = ledger.Removed, spree, 4 }

// run projects a delivery as a job does, and returns the wait that is asked for.
func (s *base) run(delivery string) time.Duration {
	s.t.Helper()
	again, err := s.shows(s.t.Context(), delivery)
	assert.NilError(s.t, err)
	return again
}

// settle runs a delivery until it asks for no further run, and lets the time pass that it asks for.
func (s *base) settle(delivery string) {
	s.t.Helper()
	const most = 100
	for range most {
		again := s.run(delivery)
		if again == 0 {
			return
		}
		s.clock.pass(again)
	}
	s.t.Fatalf("after %d runs there was still something to do", most)
}

// calls counts what was asked of Slack by method.
func (s *base) calls(method string) int {
	n := 0
	for _, call := range s.slack.Calls() {
		if call.Method == method {
			n++
		}
	}
	return n
}

// parents are the messages of the channel that stand in no thread.
func (s *base) parents() []slacktest.Message {
	return slices.DeleteFunc(s.slack.Messages(ops), func(m slacktest.Message) bool { return m.ThreadTS != "" })
}

// onlyThread returns the one thread of the channel: the parent and its replies.
func (s *base) onlyThread() []slacktest.Message {
	s.t.Helper()
	parents := s.parents()
	assert.Equal(s.t, len(parents), 1, "%+v", s.slack.Messages(ops))
	thread := s.slack.Thread(ops, parents[0].TS)
	assert.Equal(s.t, len(thread), len(s.slack.Messages(ops)), "some reply stands in no thread")
	return thread
}

// wantThread checks that the channel holds one thread, whose messages hold these words.
func (s *base) wantThread(words ...string) {
	s.t.Helper()
	wantMessages(s.t, s.onlyThread(), words...)
}

func wantMessages(t *testing.T, got []slacktest.Message, words ...string) {
	t.Helper()
	assert.Equal(t, len(got), len(words), "%+v", got)
	for i, word := range words {
		assert.Assert(t, strings.Contains(got[i].Rendered, word), "message %d is %q, without %q", i, got[i].Rendered, word)
	}
}

// fail makes calls of a method go wrong.
func (s *base) fail(method string, f slacktest.Fault) {
	f.Method = method
	s.slack.Inject(f)
}

// untold counts the followers of a delivery who are still to be told.
func (s *base) untold(delivery string) int {
	s.t.Helper()
	followers, err := s.ledger.UntoldFollowers(s.t.Context(), delivery)
	assert.NilError(s.t, err)
	return len(followers)
}
