package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// WebhookRecords is what a [WebhookHandler] needs of the ledger.
type WebhookRecords interface {
	HasWebhookEvent(ctx context.Context, eventID string) (bool, error)
	KeepWebhookEvent(ctx context.Context, e ledger.WebhookEvent) error
	Awaiting(ctx context.Context, kind ledger.Kind, chatID string, handle ledger.Secret) (ledger.Request, error)
	Save(ctx context.Context, r ledger.Request, c ledger.Change) (ledger.Request, error)
}

// WebhookHandler takes what Linq tells by webhook: somebody left a chat, or joined it; of chats and of
// our lines it tells others.
type WebhookHandler struct {
	records WebhookRecords
	region  string
	chats   func(linq.WebhookEvent)
	illLine func()
	now     func() time.Time
	log     *logrus.Entry
}

// WebhookConfig is what a [WebhookHandler] needs.
type WebhookConfig struct {
	Records WebhookRecords
	Region  string // for numbers that a chat lists without a country code
	Logger  *logrus.Logger
	Chats   func(linq.WebhookEvent) // Optional; is told of every event, to keep a list of chats.
	IllLine func()                  // Optional; is told that Linq flags a line of ours.
	Now     func() time.Time        // defaults to time.Now
}

// NewWebhookHandler returns a handler.
func NewWebhookHandler(cfg WebhookConfig) *WebhookHandler {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Chats == nil {
		cfg.Chats = func(linq.WebhookEvent) {}
	}
	if cfg.IllLine == nil {
		cfg.IllLine = func() {}
	}
	return &WebhookHandler{
		records: cfg.Records, region: cfg.Region, chats: cfg.Chats, illLine: cfg.IllLine, now: cfg.Now, log: cfg.Logger.WithField("part", "sightings"),
	}
}

// Take ends the request that waits for what the event shows, and keeps the event. What nobody asked
// for is kept and otherwise ignored. Taking an event twice does nothing more.
func (s *WebhookHandler) Take(ctx context.Context, e linq.WebhookEvent) error {
	s.chats(e)
	kind, state := ledger.Remove, ledger.Removed
	switch e.Type {
	case linq.EventLineStatusUpdated:
		s.lineChanged(e)
		return nil
	case linq.EventParticipantRemoved:
	case linq.EventParticipantAdded:
		kind, state = ledger.Add, ledger.Added
	default:
		return nil
	}
	kept, err := s.records.HasWebhookEvent(ctx, e.ID)
	if err != nil || kept {
		return err
	}
	event := ledger.WebhookEvent{
		EventID: e.ID, Type: e.Type, ChatID: e.ChatID.String(), Handle: ledger.NewSecret(e.Person.Handle.Full()),
		TraceID: e.TraceID, At: happenedAt(e),
	}
	if event.RequestID, err = s.end(ctx, event, e.Person, kind, state); err != nil {
		return err
	}
	s.log.WithFields(logrus.Fields{
		"event": e.Type, "event_id": e.ID, "chat": event.ChatID, "request": event.RequestID, "trace_id": e.TraceID,
	}).Info("seen by webhook")
	return s.records.KeepWebhookEvent(ctx, event)
}

// lineChanged says in the log how a line of ours is, whose number it masks.
func (s *WebhookHandler) lineChanged(e linq.WebhookEvent) {
	log := s.log.WithFields(logrus.Fields{
		"event": e.Type, "event_id": e.ID, "line": e.Line.Number.String(), "status": handle.MaskText(e.Line.Status), "trace_id": e.TraceID,
	})
	if !e.Line.Ill() {
		log.Info("a line of ours is well")
		return
	}
	s.illLine()
	log.Warn("Linq flags a line of ours: removals from its chats may be refused; linqbot doctor says how the lines are")
}

// end returns the id of the request that the event ended, "" if there is none.
func (s *WebhookHandler) end(
	ctx context.Context, seen ledger.WebhookEvent, person linq.Participant, kind ledger.Kind, state ledger.State,
) (string, error) {
	const tries = 5
	for range tries {
		r, err := s.awaiting(ctx, kind, seen.ChatID, person)
		if errors.Is(err, ledger.ErrNotFound) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		if !caused(r, seen) {
			return "", nil
		}
		r = seenBy(r, state, s.now())
		_, err = s.records.Save(ctx, r, changeOf(r, seen))
		if !errors.Is(err, ledger.ErrStale) {
			return r.ID, err
		}
	}
	return "", fmt.Errorf("end a request that was seen: %w", ledger.ErrStale)
}

// awaiting returns the request that waits to see a person: one that asks for them as Linq spells them, else one for
// which a reading of a chat with this one person would find them.
func (s *WebhookHandler) awaiting(ctx context.Context, kind ledger.Kind, chatID string, person linq.Participant) (ledger.Request, error) {
	for i, spelling := range person.Handle.Spellings(s.region) {
		r, err := s.records.Awaiting(ctx, kind, chatID, ledger.NewSecret(spelling.Full()))
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if i > 0 && err == nil && r.BatchID != "" && kind == ledger.Remove { // which asks for them as the chat lists them
			continue
		}
		if _, means := find(linq.Chat{Handles: []linq.Participant{person}}, r, s.region); err != nil || i == 0 || means {
			return r, err
		}
	}
	return ledger.Request{}, ledger.ErrNotFound
}

// caused reports whether the request can have led to what was seen: Linq names the same trace, or it
// happened after the first try. The clocks need not agree to the second.
func caused(r ledger.Request, seen ledger.WebhookEvent) bool {
	const skew = 30 * time.Second
	if seen.TraceID != "" && seen.TraceID == r.TraceID {
		return true
	}
	return !seen.At.Before(r.FirstTryAt.Add(-skew))
}

func happenedAt(e linq.WebhookEvent) time.Time {
	if e.Type == linq.EventParticipantRemoved && e.Person.LeftAt != nil {
		return *e.Person.LeftAt
	}
	return e.CreatedAt
}

// seenBy is the request as the event leaves it.
func seenBy(r ledger.Request, state ledger.State, now time.Time) ledger.Request {
	r.State, r.Reason, r.NextTryAt, r.EndedAt = state, outcome.ReasonSeenByWebhook, time.Time{}, now
	switch {
	case r.People == 0: // the chat was never read
	case state == ledger.Removed:
		r.People-- // it was counted with them in it
	default:
		r.People++
	}
	return r
}

func changeOf(r ledger.Request, seen ledger.WebhookEvent) ledger.Change {
	change := ledger.Change{Cause: "Linq's webhook: " + seen.Type, TraceID: seen.TraceID, News: true}
	if outcome.CanBeUndone(r) {
		change.ShowAgain = outcome.UndoUntil(r)
	}
	return change
}
