package bot

import (
	"bytes"
	"cmp"
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
	"linqbot/commands"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

const (
	ops    = "C0OPS"
	ada    = "U0ADA"
	grace  = "U0GRACE"
	chatID = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"

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

// knownTeams serve the teams that are named, in the workspace acme.
func knownTeams(t testing.TB, ids ...string) *Teams {
	t.Helper()
	logger, _ := newLog()
	teams, err := NewTeams(t.Context(), TeamsConfig{
		IDs: ids, Logger: logger,
		Settings: &settings{kept: map[string]string{settingWorkspace: "https://acme.slack.com/"}},
	})
	assert.NilError(t, err)
	return teams
}

// stage has a Slack, a ledger and the projection between them, all with one clock.
type stage struct {
	t      *testing.T
	clock  *clock
	slack  *slacktest.Slack
	ledger *ledger.Ledger
	views  Views // of the next show
	pace   *Pace // of the next show; nil: a burst of 20, known to nobody else
	home   *Home // of the next show; nil: there is none
	show   *Show
	log    *lines
	stop   func() // ends Slack
}

// newStage has a public channel that the bot is in, two people, and a ledger whose jobs do nothing.
func newStage(t *testing.T, cfg slacktest.Config) *stage {
	t.Helper()
	s := newIdleStage(t, cfg)
	startLedger(t, s.ledger, ledger.Workers{})
	return s
}

// newIdleStage has a ledger that is not started.
func newIdleStage(t *testing.T, cfg slacktest.Config) *stage {
	t.Helper()
	s := newBareStage(t, cfg)
	logger, log := newLog()
	s.ledger = openLedger(t, logger, s.clock.now)
	s.views, s.log = s.ledger, log
	s.show = s.newShow(logger)
	return s
}

// newBareStage has neither a ledger nor a projection.
func newBareStage(t *testing.T, cfg slacktest.Config) *stage {
	t.Helper()
	s := &stage{t: t, clock: newClock()}
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

func (s *stage) newShow(logger *logrus.Logger) *Show {
	return NewShow(ShowConfig{
		Views: s.views, Slack: NewSlack(s.slack.Config().BotToken, s.slack.APIURL()), HTTP: NewHTTPClient(),
		Teams: knownTeams(s.t, s.slack.Config().TeamID), Logger: logger, Now: s.clock.now,
		Pace: cmp.Or(s.pace, NewPace(PaceConfig{Burst: 20, Now: s.clock.now})), Home: s.home,
	})
}

// ask records that Ada asked, in one delivery, for handles to be removed, and returns the delivery.
func (s *stage) ask(handles ...string) string {
	s.t.Helper()
	return s.askIn(ops, ada, handles...)
}

func (s *stage) askIn(channel, user string, handles ...string) string {
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

func (s *stage) view(delivery string) ledger.View {
	s.t.Helper()
	view, err := s.ledger.View(s.t.Context(), delivery)
	assert.NilError(s.t, err)
	return view
}

// news changes the request with that handle.
func (s *stage) news(delivery, handle string, change func(*ledger.Request)) {
	s.t.Helper()
	requests := s.view(delivery).Requests
	i := slices.IndexFunc(requests, func(r ledger.Request) bool { return r.Handle.Reveal() == handle })
	assert.Assert(s.t, i >= 0, "no such request")
	change(&requests[i])
	_, err := s.ledger.Save(s.t.Context(), requests[i], ledger.Change{Cause: "the test says so", News: true})
	assert.NilError(s.t, err)
}

func (s *stage) sent(r *ledger.Request) {
	r.State, r.SentAt, r.ChatName, r.TraceID = ledger.Sent, s.clock.now(), spree, "trace-1"
}

func removed(r *ledger.Request) { r.State, r.ChatName, r.People = ledger.Removed, spree, 4 }

// run projects a delivery as a job does, and returns the wait that is asked for.
func (s *stage) run(delivery string) time.Duration {
	s.t.Helper()
	again, err := s.show.Run(s.t.Context(), delivery)
	assert.NilError(s.t, err)
	return again
}

// settle runs a delivery until it asks for no further run, and lets the time pass that it asks for.
func (s *stage) settle(delivery string) {
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
func (s *stage) calls(method string) int {
	n := 0
	for _, call := range s.slack.Calls() {
		if call.Method == method {
			n++
		}
	}
	return n
}

// parents are the messages of the channel that stand in no thread.
func (s *stage) parents() []slacktest.Message {
	return slices.DeleteFunc(s.slack.Messages(ops), func(m slacktest.Message) bool { return m.ThreadTS != "" })
}

// onlyThread returns the one thread of the channel: the parent and its replies.
func (s *stage) onlyThread() []slacktest.Message {
	s.t.Helper()
	parents := s.parents()
	assert.Equal(s.t, len(parents), 1, "%+v", s.slack.Messages(ops))
	thread := s.slack.Thread(ops, parents[0].TS)
	assert.Equal(s.t, len(thread), len(s.slack.Messages(ops)), "some reply stands in no thread")
	return thread
}

// wantThread checks that the channel holds one thread, whose messages hold these words.
func (s *stage) wantThread(words ...string) {
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
func (s *stage) fail(method string, f slacktest.Fault) {
	f.Method = method
	s.slack.Inject(f)
}

// fakeCommand counts its runs.
type fakeCommand struct {
	mu   sync.Mutex
	seen []commands.Invocation
	do   func(commands.Invocation) richtext.Answer
}

func (c *fakeCommand) Run(_ context.Context, in commands.Invocation) richtext.Answer {
	c.mu.Lock()
	c.seen = append(c.seen, in)
	c.mu.Unlock()
	if c.do != nil {
		return c.do(in)
	}
	return richtext.Answer{richtext.Say("Recorded.")}
}

func (c *fakeCommand) runs() []commands.Invocation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.seen)
}
