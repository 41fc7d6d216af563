package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/outcome"
	"linqbot/commands/rails"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/breaker"
	"linqbot/linq/handle"
)

// Chats is what the steps need of Linq.
type Chats interface {
	LineReader
	Chat(ctx context.Context, id linq.ChatID) (linq.Chat, error)
	RemoveParticipant(ctx context.Context, id linq.ChatID, person handle.Handle) (linq.Accepted, error)
	AddParticipant(ctx context.Context, id linq.ChatID, person handle.Handle) (linq.Accepted, error)
}

// Records is what the steps need of the ledger.
type Records interface {
	Request(ctx context.Context, id string) (ledger.Request, error)
	Opposing(ctx context.Context, r ledger.Request) (ledger.Request, error)
	Save(ctx context.Context, r ledger.Request, c ledger.Change) (ledger.Request, error)
}

// Steps carry a request of either kind, a removal or an addition, from accepted to its end. Each may
// run twice, or be cut off anywhere: what it has learned is in the ledger before it acts on it.
type Steps struct {
	chats   Chats
	records Records
	lines   *OwnLines
	rails   rails.Rails
	breaker *breaker.Breaker
	now     func() time.Time
	jitter  func(time.Duration) time.Duration
	region  string
	log     *logrus.Entry
}

// StepsConfig is what [Steps] need.
type StepsConfig struct {
	Chats   Chats
	Records Records
	Lines   *OwnLines // shared by all that must know our lines; defaults to some of their own
	Rails   rails.Rails
	Breaker *breaker.Breaker // shared by all that call Linq on behalf of requests; defaults to one of their own
	Region  string           // for numbers that a chat lists without a country code
	Logger  *logrus.Logger
	Now     func() time.Time                  // defaults to time.Now
	Jitter  func(time.Duration) time.Duration // defaults to up to a fifth more or less
}

// NewSteps returns the steps of a request.
func NewSteps(cfg StepsConfig) *Steps {
	s := &Steps{
		chats: cfg.Chats, records: cfg.Records, lines: cfg.Lines, rails: cfg.Rails, breaker: cfg.Breaker, now: cfg.Now, jitter: cfg.Jitter, region: cfg.Region,
		log: cfg.Logger.WithField("part", "steps"),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.jitter == nil {
		s.jitter = breaker.Jitter
	}
	if s.lines == nil {
		s.lines = NewOwnLines(OwnLinesConfig{Reader: cfg.Chats, Logger: cfg.Logger, Now: s.now})
	}
	if s.breaker == nil {
		s.breaker = breaker.New(breaker.Config{Logger: cfg.Logger, Now: s.now, Jitter: s.jitter})
	}
	return s
}

const (
	tryTime  = 20 * time.Second // one try: reading the chat and asking Linq
	readTime = 5 * time.Second  // one reading of the chat
	saveTime = 5 * time.Second  // storing what Linq answered, even when the process is to stop

	retryFirst = time.Second
	retryMost  = 30 * time.Second
	retryFor   = 15 * time.Minute // from the first try

	// soon is when a run that did not get through is made again.
	soon = time.Second

	earlyEnough = 20 * time.Millisecond // a job may be woken this much before its time
)

func runOf(r ledger.Request, bypass bool) breaker.Run {
	return breaker.Run{Request: r.ID, Bulk: r.BatchID != "", Bypass: bypass}
}

// chatSnapshot is what one reading of a chat showed.
type chatSnapshot struct {
	chat   linq.Chat
	person linq.Participant
	listed bool
	err    error // the chat could not be read
	took   time.Duration
}

// readChat reads the chat once one of the places is free. Its time begins then.
func (s *Steps) readChat(ctx context.Context, t *breaker.Permit, places *breaker.Places, r ledger.Request) (chatSnapshot, error) {
	id, err := linq.ParseChatID(r.ChatID)
	if err != nil {
		return chatSnapshot{}, fmt.Errorf("request %s: %w", r.ShortID(), err)
	}
	leave, err := t.Enter(ctx, places)
	if err != nil {
		return chatSnapshot{}, err
	}
	defer leave()
	began := time.Now()
	reading, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	chat, err := s.chats.Chat(reading, id)
	t.Record(ctx, false, err)
	at := chatSnapshot{chat: chat, err: err, took: time.Since(began)}
	if err == nil {
		at.person, at.listed = find(chat, r, s.region)
	}
	return at, nil
}

// find returns the participant whom r means. Once one was seen it is that one, as the chat lists them:
// when they are gone, nobody of a similar number may take their place.
func find(chat linq.Chat, r ledger.Request, region string) (linq.Participant, bool) {
	asked, seen := handle.New(r.Handle.Value()), handle.New(r.ListedHandle.Value())
	if !r.SeenListed || seen.IsZero() {
		if person, ok := chat.Find(asked); ok && r.MayHaveReached { // Linq was asked for this one before the chat could be read
			return person, true
		}
		return chat.Named(asked, region)
	}
	if person, ok := chat.Find(seen); ok {
		return person, true
	}
	return chat.Find(asked)
}

// noSuchChat is certain only in Linq's own words: a 404 without its code may come from a proxy.
func (at chatSnapshot) noSuchChat() bool {
	return linq.IsNoSuchChat(at.err)
}

// tooFew reports whether Linq's rule of at least three people turns r down, even if it counts our
// own line.
func (at chatSnapshot) tooFew(r ledger.Request) bool {
	const fewest = 3
	if at.err != nil {
		return false
	}
	staying := len(at.chat.Active())
	if r.Kind != ledger.Add {
		staying--
	}
	return staying < fewest
}

// note keeps what a reading showed.
func (at chatSnapshot) note(r ledger.Request) ledger.Request {
	if at.err != nil {
		return r
	}
	r.ChatName = at.chat.DisplayName
	r.People = len(at.chat.Active())
	r.ShownDigits = max(r.ShownDigits, handle.New(r.Handle.Value()).DigitsApart(at.chat.People())) // the others may leave
	if at.listed {
		r.SeenListed = true
		r.ListedHandle = ledger.NewSecret(at.person.Handle.Full())
	}
	return r
}

// shown is the end that a reading of the chat shows.
type shown struct {
	state  ledger.State
	reason string
	words  string // for the history
}

// shows says whether the chat shows what r asks for, after a try that may have reached Linq.
func (at chatSnapshot) shows(r ledger.Request) (shown, bool) {
	if r.Kind == ledger.Add {
		return at.back()
	}
	return at.gone(r)
}

// gone says what it means that a readable chat does not show the handle as active, after a try that
// may have reached Linq. The second result is false while the handle is active, or nothing was read.
func (at chatSnapshot) gone(r ledger.Request) (shown, bool) {
	const words = "the chat shows that they are gone"
	switch {
	case at.err != nil, at.listed && at.person.Active():
		return shown{}, false
	case at.listed, r.SeenListed:
		return shown{ledger.Removed, outcome.ReasonSeenGone, words}, true
	default:
		return shown{ledger.AlreadyGone, outcome.ReasonSeenGone, words}, true
	}
}

// save stores r although the process may be stopping: what was learned must not be lost.
func (s *Steps) save(ctx context.Context, r ledger.Request, c ledger.Change) (ledger.Request, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	saved, err := s.records.Save(ctx, r, c)
	if err != nil {
		return r, err
	}
	if saved.State.Final() {
		s.log.WithFields(logrus.Fields{
			"request": saved.ShortID(), "state": saved.State, "reason": saved.Reason, "trace_id": saved.TraceID,
		}).Info(endedWords(saved.Kind))
	}
	return saved, nil
}

func endedWords(kind ledger.Kind) string {
	if kind == ledger.Add {
		return "addition ended"
	}
	return "removal ended"
}

func (s *Steps) end(ctx context.Context, r ledger.Request, state ledger.State, reason, cause, traceID string) error {
	r.State, r.Reason, r.NextTryAt, r.EndedAt = state, reason, time.Time{}, s.now()
	if traceID != "" {
		r.TraceID = traceID
	}
	change := ledger.Change{Cause: cause, TraceID: traceID, News: true}
	if outcome.CanBeUndone(r) {
		change.ShowAgain = outcome.UndoUntil(r)
	}
	_, err := s.save(ctx, r, change)
	return err
}

// backoff is the wait after so many tries: 1 s doubling to 30 s.
func backoff(tries int) time.Duration {
	const doublings = 5
	return min(retryMost, retryFirst<<min(max(tries-1, 0), doublings))
}

// afresh has a step decide again when a webhook was faster than what it had to store, or when too
// many others are calling Linq.
func (s *Steps) afresh(again time.Duration, err error) (time.Duration, error) {
	const almostNow = 10 * time.Millisecond
	switch {
	case errors.Is(err, ledger.ErrStale):
		return almostNow, nil
	case errors.Is(err, breaker.ErrBusy):
		return s.jitter(soon), nil
	}
	return again, err
}
