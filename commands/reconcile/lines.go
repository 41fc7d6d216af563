package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/internal/stale"
	"linqbot/linq"
	"linqbot/linq/breaker"
	"linqbot/linq/handle"
)

// LineReader lists our own lines at Linq.
type LineReader interface {
	PhoneNumbers(ctx context.Context) ([]linq.PhoneNumber, error)
}

// OwnLines knows which handles are lines of our own, which must never be removed. The account's phone numbers are
// listed once for all requests and kept. After a few minutes the list is renewed in the background. A list that
// could not be renewed for an hour no longer counts. Lines that a chat marks as ours are remembered for as long.
type OwnLines struct {
	cfg    OwnLinesConfig
	log    *logrus.Entry
	listed *stale.Value[lineSet]

	mu      sync.Mutex
	failing bool    // the last listing failed
	seen    lineSet // what chats marked as ours
}

// OwnLinesConfig is what [OwnLines] need.
type OwnLinesConfig struct {
	Reader LineReader
	Logger *logrus.Logger
	Now    func() time.Time // defaults to time.Now
}

// NewOwnLines returns lines that are listed when they are first needed.
func NewOwnLines(cfg OwnLinesConfig) *OwnLines {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	o := &OwnLines{cfg: cfg, log: cfg.Logger.WithField("part", "steps"), seen: newLineSet()}
	o.listed = stale.New(stale.Config[lineSet]{
		Fetch: o.list,
		Fresh: func(lineSet) time.Duration { return linesFresh },
		Valid: linesValid,
		Pause: pauseAfter,
		Now:   cfg.Now,
	})
	return o
}

const (
	linesFresh = 5 * time.Minute
	linesValid = time.Hour
	linesRetry = 5 * time.Second // at least, after a listing that failed
	mostSeen   = 10_000          // lines that chats showed
)

// errNoLines says that an answer does not tell which lines are ours.
var errNoLines = errors.New("commands: the list of phone numbers is empty or incomplete")

// Refresh begins to list the lines if there is need, and does not wait for it. Nil does nothing.
func (o *OwnLines) Refresh(ctx context.Context) {
	if o != nil {
		o.listed.Refresh(ctx)
	}
}

// Ours reports whether one of the handles is a line of ours. chat is the chat as it was read, nil if
// it was not. The error says that nothing tells: the chat marks no line as ours, and there is no list.
func (o *OwnLines) Ours(ctx context.Context, chat *linq.Chat, handles ...handle.Handle) (bool, error) {
	marked := false
	if chat != nil {
		for _, person := range chat.Handles {
			if person.IsMe && !person.Handle.IsZero() {
				marked = true
				o.saw(person.Handle)
			}
		}
	}
	_, err := o.listed.Get(ctx)
	switch {
	case o.Remembers(handles...):
		return true, nil
	case marked:
		return false, nil
	}
	return false, err
}

// Remembers reports whether one of the handles is known to be a line of ours. It asks nobody. Nil
// remembers nothing.
func (o *OwnLines) Remembers(handles ...handle.Handle) bool {
	if o == nil {
		return false
	}
	listed, _ := o.listed.Kept()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, handle := range handles {
		if since := o.cfg.Now().Add(-linesValid); listed.has(handle, since) || o.seen.has(handle, since) {
			return true
		}
	}
	return false
}

// list asks for the account's phone numbers.
func (o *OwnLines) list(ctx context.Context) (lineSet, error) {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	asked := o.cfg.Now() // what the answer shows is not younger
	numbers, err := o.cfg.Reader.PhoneNumbers(ctx)
	set := newLineSet()
	for _, each := range numbers {
		set.add(each.Number, asked)
	}
	if err == nil && (len(numbers) == 0 || set.gap) {
		err = errNoLines
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil && !o.failing {
		o.log.WithError(err).Warn("the account's phone numbers could not be listed; trying again when they are needed")
	}
	if o.failing = err != nil; o.failing {
		return lineSet{}, fmt.Errorf("list our own lines: %w", err)
	}
	return set, nil
}

// pauseAfter is how long no listing begins after one that failed.
func pauseAfter(err error) time.Duration {
	if refusal, ok := errors.AsType[*linq.Error](err); ok {
		return min(max(linesRetry, refusal.RetryAfter), breaker.MaxWait)
	}
	return linesRetry
}

// saw remembers a line that a chat marks as ours.
func (o *OwnLines) saw(line handle.Handle) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.seen.size() >= mostSeen {
		o.seen = newLineSet()
	}
	o.seen.add(line, o.cfg.Now())
}

// lineSet holds lines, each with the time at which it was known to be ours.
type lineSet struct {
	numbers map[string]time.Time        // in E.164
	others  map[handle.Handle]time.Time // written in another way, and addresses
	gap     bool                        // a line has no handle: it might be any
}

func newLineSet() lineSet {
	return lineSet{numbers: make(map[string]time.Time), others: make(map[handle.Handle]time.Time)}
}

func (s *lineSet) size() int { return len(s.numbers) + len(s.others) }

func (s *lineSet) add(line handle.Handle, at time.Time) {
	switch e164 := line.E164(); {
	case line.IsZero():
		s.gap = true
	case e164 != "":
		s.numbers[e164] = at
	default:
		s.others[line] = at
	}
}

// has reports whether the handle, however it is written, was known to be a line after since.
func (s *lineSet) has(person handle.Handle, since time.Time) bool {
	e164 := person.E164()
	if s.numbers[e164].After(since) {
		return true
	}
	for line, at := range s.others {
		if at.After(since) && line.Matches(person) {
			return true
		}
	}
	if e164 != "" || person.IsEmail() {
		return false
	}
	for number, at := range s.numbers {
		if at.After(since) && handle.New(number).Matches(person) {
			return true
		}
	}
	return false
}
