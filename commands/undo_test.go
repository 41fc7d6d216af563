package commands_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands"
	"linqbot/commands/commandstest"
	"linqbot/commands/outcome"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// undoEnv is a ledger on disk that holds a removal of Ada, and the button to take it back.
type undoEnv struct {
	t       *testing.T
	ledger  *ledger.Ledger
	undo    *commands.Undo
	removal ledger.Request
	now     atomic.Int64 // microseconds after the removal's end
	logged  bytes.Buffer
}

// newUndoEnv is a minute after the end of the removal.
func newUndoEnv(t *testing.T, policy policy.Policy) *undoEnv {
	t.Helper()
	e := &undoEnv{t: t}
	e.now.Store(time.Minute.Microseconds())
	clock := func() time.Time { return askedAt().Add(time.Duration(e.now.Load()) * time.Microsecond) }
	var err error
	e.ledger, err = ledger.Open(t.Context(), ledger.Config{
		URL: "sqlite://" + filepath.Join(t.TempDir(), "ledger.db"), Logger: quiet(), Now: clock,
	})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.NilError(t, e.ledger.Close()) })
	logger := logrus.New()
	logger.SetOutput(&e.logged)
	logger.SetLevel(logrus.TraceLevel)
	e.undo = commands.NewUndo(commands.UndoConfig{Policy: policy, Recorder: e.ledger, Records: e.ledger, Logger: logger, Now: clock})
	e.removal = e.removed("Tr1")
	return e
}

// removed records a removal of Ada that has ended.
func (e *undoEnv) removed(delivery string) ledger.Request {
	e.t.Helper()
	accepted, err := e.ledger.Accept(e.t.Context(), []ledger.Order{{
		Delivery: delivery, Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: "T1", ChannelID: "C1", UserID: "U1",
		ChatID: chatID, Handle: ledger.NewSecret(ada),
	}})
	assert.NilError(e.t, err)
	r := accepted[0].Request
	r.State, r.EndedAt, r.ChatName = ledger.Removed, askedAt(), "Spring launch"
	return e.save(r)
}

// save stores a request without setting anything off.
func (e *undoEnv) save(r ledger.Request) ledger.Request {
	e.t.Helper()
	saved, err := e.ledger.Save(e.t.Context(), r, ledger.Change{Cause: "a test"})
	assert.NilError(e.t, err)
	return saved
}

func (e *undoEnv) click(user string) commands.UndoClick {
	return commands.UndoClick{
		RequestID: e.removal.ID, TeamID: "T1", UserID: user, ChannelID: "C2", ThreadTS: "1741538710.000100",
		ResponseURL: "https://hooks.slack.test/actions/secret",
	}
}

func (e *undoEnv) run(user string) richtext.Answer {
	return e.undo.Run(context.Background(), e.click(user))
}

// additions are the requests that came of clicks on a removal, in their order.
func (e *undoEnv) additions(removal ledger.Request) []ledger.Request {
	e.t.Helper()
	var all []ledger.Request
	for n := 1; ; n++ {
		view, err := e.ledger.View(e.t.Context(), fmt.Sprintf("undo-%s-%d", removal.ID, n))
		if errors.Is(err, ledger.ErrNotFound) {
			return all
		}
		assert.NilError(e.t, err)
		all = append(all, view.Requests...)
	}
}

func (e *undoEnv) ends(r ledger.Request, state ledger.State) {
	e.t.Helper()
	r.State, r.Reason, r.HTTPStatus = state, "linq_2013", 409
	e.save(r)
}

func (e *undoEnv) later(d time.Duration) { e.now.Add(d.Microseconds()) }

func anyone() policy.Policy { return policy.Policy{Everyone: true} }

func TestUndo(t *testing.T) {
	t.Parallel()
	e := newUndoEnv(t, anyone())
	assert.Equal(t, len(e.run("U2")), 0, "the thread says it all")
	all := e.additions(e.removal)
	assert.Equal(t, len(all), 1)
	want := ledger.Order{
		Delivery: "undo-" + e.removal.ID + "-1", Kind: ledger.Add, Source: ledger.UndoButton, Undoes: e.removal.ID,
		TeamID: "T1", ChannelID: "C2", ThreadTS: "1741538710.000100", UserID: "U2", Rule: "everyone",
		ResponseURL: ledger.NewSecret("https://hooks.slack.test/actions/secret"), ChatID: chatID, Handle: ledger.NewSecret(ada),
	}
	private := gocmp.Comparer(func(a, b ledger.Secret) bool { return a.Value() == b.Value() })
	if diff := gocmp.Diff(want, all[0].Order, private); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	assert.Equal(t, all[0].State, ledger.Accepted)
	assert.Assert(t, strings.Contains(e.logged.String(), "outcome=recorded"), e.logged.String())
	for _, part := range []string{"0132", "secret"} {
		assert.Assert(t, !strings.Contains(e.logged.String(), part), e.logged.String())
	}
}

// The channel that counts is the removal's own; the button may stand in a direct message.
func TestUndoObeysThePolicy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		policy  policy.Policy
		unknown bool
		want    string // the denial; "" when it is allowed
	}{
		{name: "a user who may", policy: policy.Policy{Users: []string{"U2"}}},
		{name: "a user who may not", policy: policy.Policy{Users: []string{"U9"}}, want: "⛔ You may not remove people from Linq chats. Ask someone who may: [@U9]."},
		{name: "nobody may", want: "⛔ You may not remove people from Linq chats. Ask someone who runs linqbot to add you to a user group that may."},
		{name: "the removal's channel", policy: policy.Policy{Everyone: true, Channels: []string{"C1"}}},
		{name: "only the click's channel", policy: policy.Policy{Everyone: true, Channels: []string{"C2"}}, want: "⛔ Removals are not allowed in this channel. Ask for them in [#C2]."},
		{name: "an unknown removal tells a stranger nothing", unknown: true, policy: policy.Policy{Users: []string{"U9"}}, want: "⛔ You may not remove people from Linq chats. Ask someone who may: [@U9]."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := newUndoEnv(t, test.policy)
			click, recorded := e.click("U2"), 1
			if test.unknown {
				click.RequestID = "no-such-request"
			}
			answer := e.undo.Run(t.Context(), click)
			if test.want != "" {
				recorded = 0
			}
			assert.Equal(t, shownAnswer(answer), test.want)
			assert.Equal(t, len(e.additions(e.removal)), recorded)
		})
	}
}

func shownAnswer(answer richtext.Answer) string {
	var texts []string
	for _, text := range answer {
		texts = append(texts, markedUp(text))
	}
	return strings.Join(texts, "\n")
}

func TestADoubleClickAddsOnce(t *testing.T) {
	t.Parallel()
	e := newUndoEnv(t, anyone())
	assert.Equal(t, len(e.run("U2")), 0)
	assert.Equal(t, shownAnswer(e.run("U2")), "⏳ Adding them back was already asked for by you at [2026-03-09 16:46:10 UTC]. "+
		"Adding +1 ••• ••• 0132 back to *Spring launch* is recorded; Linq has not answered yet.")
	assert.Equal(t, shownAnswer(e.run("U3")), "⏳ Adding them back was already asked for by [@U2] at [2026-03-09 16:46:10 UTC]. "+
		"Adding +1 ••• ••• 0132 back to *Spring launch* is recorded; Linq has not answered yet.")
	assert.Equal(t, len(e.additions(e.removal)), 1)
}

// Clicks side by side: the ledger records one, whoever clicks, the first time and after a refusal.
func TestClicksSideBySideAddOnce(t *testing.T) {
	t.Parallel()
	for name, user := range map[string]func(i int) string{
		"one person": func(int) string { return "U2" },
		"many":       func(i int) string { return fmt.Sprint("U", i) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newUndoEnv(t, anyone())
			const clicks = 20
			for round := 1; round <= 3; round++ {
				var silent atomic.Int64
				var all sync.WaitGroup
				for i := range clicks {
					all.Go(func() {
						if len(e.run(user(i))) == 0 {
							silent.Add(1)
						}
					})
				}
				all.Wait()
				assert.Equal(t, silent.Load(), int64(1), "one click is recorded, the others are told of it")
				additions := e.additions(e.removal)
				assert.Equal(t, len(additions), round)
				e.ends(additions[round-1], ledger.Refused)
				e.later(time.Minute)
			}
		})
	}
}

// slowRecords keep what they read back for a while, so that others come in between.
type slowRecords struct {
	commands.UndoRecords
	between func()
}

func (s slowRecords) UndoneBy(ctx context.Context, id string) (ledger.Request, error) {
	r, err := s.UndoRecords.UndoneBy(ctx, id)
	s.between()
	return r, err
}

// Between looking and recording somebody else adds the person back, to the very end.
func TestUndoBetweenLookingAndRecording(t *testing.T) {
	t.Parallel()
	for _, state := range []ledger.State{ledger.Accepted, ledger.Sent, ledger.Added, ledger.AlreadyThere, ledger.Unconfirmed} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			e := newUndoEnv(t, anyone())
			slow := slowRecords{e.ledger, func() {
				e.run("U3")
				if addition := e.additions(e.removal)[0]; state.Final() {
					e.ends(addition, state)
				}
			}}
			second := commands.NewUndo(commands.UndoConfig{
				Policy: anyone(), Recorder: e.ledger, Records: slow, Logger: quiet(),
				Now: func() time.Time { return askedAt().Add(time.Hour) },
			})
			answer := shownAnswer(second.Run(t.Context(), e.click("U2")))
			assert.Assert(t, strings.Contains(answer, "already asked for by [@U3] at "), answer)
			assert.Equal(t, len(e.additions(e.removal)), 1)
		})
	}
}

func TestUndoEndsAfterADay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		after time.Duration
		want  string
	}{
		{24*time.Hour - time.Microsecond, ""},
		{24 * time.Hour, "⛔ +1 ••• ••• 0132 left *Spring launch* more than 24 hours ago, which is too long for Add back. Nobody was added. Ask someone who is in the chat to add them."},
	} {
		e := newUndoEnv(t, anyone())
		e.now.Store(test.after.Microseconds())
		assert.Equal(t, shownAnswer(e.run("U2")), test.want)
		assert.Equal(t, len(e.additions(e.removal)) == 1, test.want == "")
	}
}

func TestWhatCannotBeUndone(t *testing.T) {
	t.Parallel()
	now := askedAt()
	removal := ledger.Request{Order: ledger.Order{Kind: ledger.Remove}, State: ledger.Removed, EndedAt: now}
	assert.Assert(t, outcome.OffersUndo(removal, now))
	for _, state := range []ledger.State{
		ledger.Asked, ledger.Accepted, ledger.Sent, ledger.AlreadyGone, ledger.Unconfirmed, ledger.Refused, ledger.Failed, ledger.Cancelled, ledger.Added,
	} {
		other := removal
		other.State = state
		assert.Assert(t, !outcome.OffersUndo(other, now), string(state))
	}
	addition := removal
	addition.Kind = ledger.Add
	assert.Assert(t, !outcome.OffersUndo(addition, now))

	e := newUndoEnv(t, anyone())
	e.removal.State = ledger.Unconfirmed
	e.save(e.removal)
	assert.Equal(t, shownAnswer(e.run("U2")), "⛔ Add back is only for people whom linqbot has removed. Nobody was added.")
	assert.Equal(t, len(e.additions(e.removal)), 0)
}

// What was asked for is not asked for again, unless it came to nothing.
func TestUndoAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		state ledger.State
		after time.Duration
		adds  int
	}{
		{ledger.Sent, time.Hour, 1},
		{ledger.Added, time.Hour, 1},
		{ledger.AlreadyThere, time.Hour, 1},
		{ledger.Unconfirmed, time.Hour, 1},
		{ledger.Refused, time.Hour, 2},
		{ledger.Failed, time.Hour, 2},
		{ledger.Cancelled, time.Hour, 2},
		{ledger.Refused, 3 * time.Second, 2},
		{ledger.Refused, 2 * time.Second, 1}, // a double click whose first half was refused at once
	} {
		t.Run(fmt.Sprint(test.state, " ", test.after), func(t *testing.T) {
			t.Parallel()
			e := newUndoEnv(t, anyone())
			e.run("U2")
			if first := e.additions(e.removal)[0]; test.state.Final() {
				e.ends(first, test.state)
			}
			e.later(test.after)
			answer := shownAnswer(e.run("U3"))
			assert.Equal(t, len(e.additions(e.removal)), test.adds)
			if test.adds == 2 {
				assert.Equal(t, answer, "")
				return
			}
			assert.Assert(t, strings.Contains(answer, "already asked for by [@U2] at [2026-03-09 16:46:10 UTC]."), answer)
		})
	}
}

// Someone who was removed twice has two buttons; pressed together they add once.
func TestTwoRemovalsOneAddition(t *testing.T) {
	t.Parallel()
	e := newUndoEnv(t, anyone())
	second := e.removed("Tr2")
	assert.Equal(t, len(e.run("U2")), 0)
	click := e.click("U3")
	click.RequestID = second.ID
	answer := shownAnswer(e.undo.Run(t.Context(), click))
	assert.Assert(t, strings.Contains(answer, "already asked for by [@U2]"), answer)
	assert.Equal(t, len(e.additions(second)), 0)

	e.ends(e.additions(e.removal)[0], ledger.Refused)
	e.later(time.Minute)
	assert.Equal(t, len(e.undo.Run(t.Context(), click)), 0, "the first came to nothing")
	undone, err := e.ledger.UndoneBy(t.Context(), second.ID)
	assert.NilError(t, err)
	assert.Equal(t, undone.UserID, "U3")
}

func TestUndoIsNotTriedWithoutEnd(t *testing.T) {
	t.Parallel()
	never := &refusing{}
	undo := commands.NewUndo(commands.UndoConfig{
		Policy: anyone(), Recorder: never, Logger: quiet(), Now: askedAt,
		Records: undoRecords{removal: removedRequest()},
	})
	assert.Equal(t, shownAnswer(undo.Run(t.Context(), commands.UndoClick{RequestID: requestID, UserID: "U1"})),
		"⛔ Adding +1 ••• ••• 0132 back to *Spring launch* was asked for 50 times already, and is not tried again. "+
			"Look into the chat; if they are not in it, ask someone who is to add them.")
	assert.Equal(t, len(never.deliveries), 50)
}

// refusing is a ledger in which whatever is asked for was refused an hour ago.
type refusing struct{ deliveries map[string]bool }

func (r *refusing) Accept(_ context.Context, orders []ledger.Order) ([]ledger.Acceptance, error) {
	if r.deliveries == nil {
		r.deliveries = map[string]bool{}
	}
	r.deliveries[orders[0].Delivery] = true
	return []ledger.Acceptance{{
		Outcome: ledger.Redelivered,
		Request: ledger.Request{Order: orders[0], ID: requestID, State: ledger.Refused, AcceptedAt: askedAt().Add(-time.Hour)},
	}}, nil
}

// undoRecords answer with what the test says.
type undoRecords struct {
	removal, undone ledger.Request
	err, undoneErr  error
}

func (r undoRecords) Request(context.Context, string) (ledger.Request, error) {
	return r.removal, r.err
}

func (r undoRecords) UndoneBy(context.Context, string) (ledger.Request, error) {
	if r.undoneErr == nil && r.undone.ID == "" {
		return ledger.Request{}, ledger.ErrNotFound
	}
	return r.undone, r.undoneErr
}

// removedRequest is a removal that was asked for in C1 and has just happened.
func removedRequest() ledger.Request {
	return ledger.Request{
		Order:    ledger.Order{Kind: ledger.Remove, ChannelID: "C1", ChatID: chatID, Handle: ledger.NewSecret(ada)},
		ID:       requestID,
		ChatName: "Spring launch",
		State:    ledger.Removed,
		EndedAt:  askedAt(),
	}
}

func TestUndoAnswers(t *testing.T) {
	t.Parallel()
	removal := removedRequest()
	by := func(user string, r ledger.Request) ledger.Request {
		r.ID, r.ChatID, r.Handle = requestID, chatID, ledger.NewSecret(ada)
		r.AcceptedAt, r.UserID, r.Kind = askedAt(), user, ledger.Add
		return r
	}
	var shown strings.Builder
	for _, row := range []struct {
		name    string
		records undoRecords
		take    error // what the recorder says
		after   time.Duration
		policy  policy.Policy
		outcome string
		adds    int
	}{
		{name: "recorded", outcome: "recorded", adds: 1},
		{name: "denied", policy: policy.Policy{Users: []string{"U9"}}, outcome: "denied"},
		{name: "unknown", records: undoRecords{err: fmt.Errorf("load: %w", ledger.ErrNotFound)}, outcome: "unknown"},
		{name: "too late", after: 25 * time.Hour, outcome: "not_offered"},
		{
			name: "too late, and added already", after: 25 * time.Hour, outcome: "asked_before",
			records: undoRecords{undone: by("U2", ledger.Request{State: ledger.Added, People: 5})},
		},
		{name: "not removed", records: undoRecords{removal: by("U1", ledger.Request{State: ledger.Added})}, outcome: "not_offered"},
		{name: "queued already", records: undoRecords{undone: by("U2", ledger.Request{State: ledger.Sent})}, outcome: "asked_before"},
		{name: "added already", records: undoRecords{undone: by("U2", ledger.Request{State: ledger.Added, People: 5})}, outcome: "asked_before"},
		{name: "added already, by the same person", records: undoRecords{undone: by("U1", ledger.Request{State: ledger.Added})}, outcome: "asked_before"},
		{name: "unconfirmed", records: undoRecords{undone: by("U2", ledger.Request{State: ledger.Unconfirmed})}, outcome: "asked_before"},
		{name: "not recorded", take: fmt.Errorf("%w: disk full", ledger.ErrNotRecorded), outcome: "not_recorded"},
		{name: "in doubt", take: fmt.Errorf("%w: timeout", ledger.ErrDoubtful), outcome: "not_recorded"},
		{name: "unreadable", records: undoRecords{err: errors.New("disk gone")}, outcome: "not_recorded"},
		{name: "unreadable in between", records: undoRecords{undoneErr: errors.New("disk gone")}, outcome: "not_recorded"},
	} {
		var logged bytes.Buffer
		logger := logrus.New()
		logger.SetOutput(&logged)
		if row.records.removal.ID == "" && row.records.err == nil {
			row.records.removal = removal
		}
		if len(row.policy.Users) == 0 {
			row.policy = anyone()
		}
		r := &recorder{err: row.take}
		var counted []string
		undo := commands.NewUndo(commands.UndoConfig{
			Policy: row.policy, Recorder: r, Records: row.records, Logger: logger,
			Tally: func(_ ledger.Source, outcome string) { counted = append(counted, outcome) },
			Now:   func() time.Time { return askedAt().Add(cmp.Or(row.after, time.Minute)) },
		})
		answer := undo.Run(t.Context(), commands.UndoClick{RequestID: requestID, UserID: "U1", ChannelID: "C1"})
		assert.Equal(t, len(r.orders), row.adds, row.name)
		assert.Assert(t, strings.Contains(logged.String(), "outcome="+row.outcome), "%s: %s", row.name, logged.String())
		assert.DeepEqual(t, counted, []string{row.outcome})
		assert.Assert(t, !strings.Contains(logged.String(), "0132"), logged.String())
		for _, text := range answer {
			assert.Assert(t, strings.HasSuffix(text.String(), ".") && !commandstest.ShowsHandle(strings.ReplaceAll(text.String(), "2026-03-09", "")), text.String())
		}
		fmt.Fprintf(&shown, "%s: %s\n", row.name, shownAnswer(answer))
	}
	golden.Assert(t, shown.String(), "undo/answers.golden")
}

// The ledger shows a delivery anew when the button on it has had its time.
func TestTheButtonDisappears(t *testing.T) {
	t.Parallel()
	l, err := ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + filepath.Join(t.TempDir(), "ledger.db"), Logger: quiet()})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.NilError(t, l.Close()) })
	shown := make(chan string, 100)
	nothing := func(context.Context, string) (time.Duration, error) { return 0, nil }
	const wait = 500 * time.Millisecond
	remove := func(ctx context.Context, id string) (time.Duration, error) {
		r, err := l.Request(ctx, id)
		if err != nil {
			return 0, err
		}
		r.State, r.EndedAt = ledger.Removed, time.Now()
		change := ledger.Change{Cause: "a test", News: true}
		if r.Delivery == "again" {
			change.ShowAgain = r.EndedAt.Add(wait)
		}
		_, err = l.Save(ctx, r, change)
		return 0, err
	}
	assert.NilError(t, l.Start(t.Context(), ledger.Workers{
		Try: remove, Confirm: nothing, Execute: nothing,
		Show: func(_ context.Context, delivery string) (time.Duration, error) {
			shown <- delivery
			return 0, nil
		},
	}))
	t.Cleanup(func() { assert.NilError(t, l.Stop(context.Background())) })
	for _, delivery := range []string{"once", "again"} {
		_, err := l.Accept(t.Context(), []ledger.Order{{
			Delivery: delivery, Kind: ledger.Remove, ChatID: chatID, Handle: ledger.NewSecret(delivery + "@example.com"),
		}})
		assert.NilError(t, err)
	}
	times := map[string]int{}
	for deadline := time.After(time.Minute); times["again"] < 2 || times["once"] < 1; {
		select {
		case delivery := <-shown:
			times[delivery]++
		case <-deadline:
			t.Fatalf("shown %v", times)
		}
	}
	assert.DeepEqual(t, times, map[string]int{"once": 1, "again": 2})
}
