package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/breaker"
	"linqbot/linq/handle"
)

// Try is one try at a request of either kind, a removal or an addition: read the chat, settle what
// is certain, store the intent, ask Linq. While the circuit is open it only waits. It
// returns after how long it wants to be run again; 0 when the request needs no further try.
func (s *Steps) Try(ctx context.Context, id string) (time.Duration, error) {
	return s.afresh(s.tryOnce(ctx, id))
}

func (s *Steps) tryOnce(ctx context.Context, id string) (time.Duration, error) {
	r, err := s.records.Request(ctx, id)
	if err != nil || r.State != ledger.Accepted {
		return 0, err
	}
	if r.Held {
		return 0, ledger.ErrHeld
	}
	if wait := r.NextTryAt.Sub(s.now()); wait > earlyEnough {
		return wait, nil
	}
	if err := s.holdForPause(ctx, r); err != nil {
		return 0, err
	}
	if opposed, err := s.opposed(ctx, r); opposed || err != nil {
		return 0, err
	}
	t, told, err := s.breaker.Acquire(ctx, runOf(r, s.timeIsOver(r) || r.Reason == outcome.ReasonRestored))
	if err != nil {
		return 0, err
	}
	if t == nil {
		return s.postpone(ctx, r, told)
	}
	defer t.Release()
	if mindsOurLines(r) {
		s.lines.Refresh(ctx) // while the chat is read
	}
	at, err := s.readChat(ctx, t, s.breaker.Readings, r)
	if err != nil {
		return 0, err
	}
	if state, reason, ok := settle(r, at); ok {
		return 0, s.end(ctx, at.note(r), state, reason, "reading the chat: "+reason, "")
	}
	if r.Reason == outcome.ReasonRestored { // it may have been done since the backup, and taken back
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return 0, s.end(ctx, at.note(r), ledger.Failed, outcome.ReasonRestored, "open in a backup that was restored; not tried again", "")
	}
	r = at.note(r)
	if r.Kind == ledger.Remove && s.rails.Protected.Has(handle.New(r.Handle.Value()), handle.New(r.ListedHandle.Value())) {
		return 0, s.end(ctx, r, ledger.Refused, outcome.ReasonProtected, "the settings: "+outcome.ReasonProtected, "")
	}
	if mindsOurLines(r) {
		began := time.Now()
		ours, err := s.ours(ctx, r, at)
		at.took += time.Since(began)
		switch {
		case ctx.Err() != nil:
		case ours:
			return 0, s.end(ctx, r, ledger.Refused, outcome.ReasonOwnLine, "our own lines: "+outcome.ReasonOwnLine, "")
		case err != nil && r.Kind != ledger.Add: // an addition does no harm to a line of ours
			return s.withoutLines(ctx, t, r, err)
		}
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return s.change(ctx, t, r, at)
}

// change stores the intent and asks Linq, once one of the places for changes is free. Its time begins then.
func (s *Steps) change(ctx context.Context, t *breaker.Permit, r ledger.Request, before chatSnapshot) (time.Duration, error) {
	leave, err := t.Enter(ctx, s.breaker.Changes)
	if err != nil {
		return 0, err
	}
	defer leave()
	if told, paused := t.Paused(); paused {
		return s.postponeAfter(ctx, r, before, told)
	}
	if err := s.holdForPause(ctx, r); err != nil { // it may have begun since
		return 0, err
	}
	doubt := r.MayHaveReached
	r.Tries++
	r.MayHaveReached = true
	r.NextTryAt = time.Time{}
	if r.FirstTryAt.IsZero() {
		r.FirstTryAt = s.now()
	}
	r, err = s.save(ctx, r, ledger.Change{Cause: fmt.Sprintf("try %d: asking Linq", r.Tries)})
	if err != nil {
		return 0, err
	}
	asking, cancel := context.WithTimeout(ctx, tryTime-before.took)
	defer cancel()
	accepted, err := s.ask(asking, r)
	leave()
	t.Record(ctx, true, err)
	if err == nil {
		return 0, s.sent(ctx, r, accepted)
	}
	return s.afterTrouble(ctx, t, r, earlier{doubt: doubt, unread: before.err != nil, tooFew: before.tooFew(r)}, err)
}

// settle says what a reading of the chat makes certain before a try; false when it is for Linq to say.
func settle(r ledger.Request, at chatSnapshot) (ledger.State, string, bool) {
	if at.noSuchChat() {
		return ledger.Refused, outcome.ReasonNoSuchChat, true
	}
	if at.err != nil {
		return "", "", false
	}
	if r.MayHaveReached {
		if end, ok := at.shows(r); ok {
			return end.state, end.reason, true
		}
	}
	switch {
	case at.chat.OneToOne():
		return ledger.Refused, outcome.ReasonNotAGroup, true
	case r.Kind == ledger.Add:
		return settleAddition(r, at)
	default:
		return settleRemoval(r, at)
	}
}

// settleRemoval goes on from [settle], with a group that was read.
func settleRemoval(r ledger.Request, at chatSnapshot) (ledger.State, string, bool) {
	switch {
	case !at.listed && r.SeenListed:
		return ledger.AlreadyGone, outcome.ReasonSeenGone, true
	case !at.listed:
		return ledger.Refused, outcome.ReasonNotInChat, true
	case at.person.IsMe:
		return ledger.Refused, outcome.ReasonOwnLine, true
	case !at.person.Active():
		return ledger.AlreadyGone, outcome.ReasonSeenGone, true
	}
	return "", "", false
}

func (s *Steps) ask(ctx context.Context, r ledger.Request) (linq.Accepted, error) {
	id, err := linq.ParseChatID(r.ChatID)
	if err != nil {
		return linq.Accepted{}, err
	}
	listed := r.ListedHandle.Value()
	if listed == "" {
		listed = r.Handle.Value()
	}
	if r.Kind == ledger.Add {
		return s.chats.AddParticipant(ctx, id, handle.New(listed))
	}
	return s.chats.RemoveParticipant(ctx, id, handle.New(listed))
}

func (s *Steps) sent(ctx context.Context, r ledger.Request, accepted linq.Accepted) error {
	r.State, r.SentAt, r.NextTryAt = ledger.Sent, s.now(), time.Time{}
	r.Reason, r.LinqSaid, r.HTTPStatus, r.TraceID = "", "", accepted.HTTPStatus, accepted.TraceID
	_, err := s.save(ctx, r, ledger.Change{
		Cause: fmt.Sprintf("Linq answered %d", accepted.HTTPStatus), TraceID: accepted.TraceID, News: true,
	})
	return err
}

// earlier is what is known, when a try begins, of what came before it.
type earlier struct {
	doubt  bool // a try before it may have taken effect
	unread bool // the chat could not be read
	tooFew bool // the chat shows too few people for what is asked
}

// afterTrouble decides what a try that ended in err means.
func (s *Steps) afterTrouble(ctx context.Context, t *breaker.Permit, r ledger.Request, before earlier, err error) (time.Duration, error) {
	refusal, answered := errors.AsType[*linq.Error](err)
	if !answered {
		// Only a request that certainly never left leaves no doubt behind.
		lost, ok := errors.AsType[*linq.NoAnswerError](err)
		r.MayHaveReached = before.doubt || !ok || lost.MaybeSent
		r.Reason, r.HTTPStatus, r.LinqSaid = outcome.ReasonNoAnswer, 0, ""
		return s.again(ctx, t, r, 0, "Linq did not answer", "")
	}
	r.Reason, r.HTTPStatus, r.TraceID = outcome.ReasonOf(refusal), refusal.HTTPStatus, refusal.TraceID
	r.LinqSaid = ""
	if _, known := linq.LookUp(refusal.Code); !known {
		r.LinqSaid = handle.MaskText(refusal.Message)
	}
	r.MayHaveReached = before.doubt || refusal.MayHaveActed()
	cause := fmt.Sprintf("Linq answered %d, code %d", refusal.HTTPStatus, refusal.Code)
	if before.tooFew && !before.doubt && refusal.StateConflict() {
		return 0, s.end(ctx, r, ledger.Refused, r.Reason, cause+"; the chat has too few people", refusal.TraceID)
	}
	if refusal.Retriable() {
		return s.again(ctx, t, r, refusal.RetryAfter, cause, refusal.TraceID)
	}
	if (before.doubt || before.unread) && (refusal.NotFound() || refusal.Conflict()) {
		at, err := s.readAfterTry(ctx, t, r, cause, refusal.TraceID)
		if err != nil {
			return 0, err
		}
		if !before.doubt { // no try has taken effect: what the chat shows is as if it was read before
			if state, reason, ok := settle(r, at); ok {
				return 0, s.end(ctx, at.note(r), state, reason, cause+"; reading the chat: "+reason, refusal.TraceID)
			}
		} else if end, ok := at.shows(r); ok {
			return 0, s.end(ctx, at.note(r), end.state, end.reason, cause+"; "+end.words, refusal.TraceID)
		} else if at.err != nil && !at.noSuchChat() {
			return s.again(ctx, t, r, 0, cause+", and the chat could not be read", refusal.TraceID)
		}
		r = at.note(r)
	}
	return 0, s.end(ctx, r, ledger.Refused, r.Reason, cause, refusal.TraceID)
}

// again plans the next try, or ends the request when the time for tries is over.
func (s *Steps) again(ctx context.Context, t *breaker.Permit, r ledger.Request, asked time.Duration, cause, traceID string) (time.Duration, error) {
	wait := min(asked, breaker.MaxWait)
	if asked == 0 {
		wait = s.jitter(backoff(r.Tries))
	}
	now, paused := s.now(), s.breaker.Remaining(r.ID)
	wait = max(wait, paused.Until.Sub(now))
	switch left := r.FirstTryAt.Add(retryFor).Sub(now); {
	case left > earlyEnough:
		wait = min(wait, left) // the last try comes when the time is over, not a wait before
	case ctx.Err() == nil: // a try that our own stopping cut short ends nothing
		return 0, s.giveUp(ctx, t, r, cause, traceID)
	}
	if wait > sayFrom || asked == 0 && backoff(r.Tries) >= sayFrom { // independent of the jitter, so that the words do not flip
		r.Reason = whyLong(r, asked, paused)
	}
	return s.tryIn(ctx, r, wait, cause, traceID)
}

// tryIn stores that a try came to nothing, and when the next one comes.
func (s *Steps) tryIn(ctx context.Context, r ledger.Request, wait time.Duration, cause, traceID string) (time.Duration, error) {
	r.NextTryAt = s.now().Add(wait)
	s.log.WithFields(logrus.Fields{
		"request": r.ShortID(), "try": r.Tries, "reason": r.Reason, "trace_id": traceID, "wait_s": wait.Seconds(),
	}).Warn("a try at Linq came to nothing; trying again")
	if _, err := s.save(ctx, r, ledger.Change{
		Cause: fmt.Sprintf("%s; trying again in %s", cause, wait.Round(time.Millisecond)), TraceID: traceID, News: true,
	}); err != nil {
		return 0, err
	}
	return wait, ctx.Err()
}

// readAfterTry reads the chat after a try. It waits for its place until the run is cut short, since what
// Linq has answered is worth more than a free worker. If the chat cannot be read even then, Linq's answer is
// stored, and the next run begins by reading the chat.
func (s *Steps) readAfterTry(ctx context.Context, t *breaker.Permit, r ledger.Request, cause, traceID string) (chatSnapshot, error) {
	t.WaitLong()
	at, err := s.readChat(ctx, t, s.breaker.Readings, r)
	if err == nil && at.err != nil {
		err = ctx.Err()
	}
	if err == nil {
		return at, nil
	}
	_, unsaved := s.tryIn(ctx, r, soon, cause+", and there was no time to read the chat", traceID)
	return at, cmp.Or(unsaved, err)
}

// giveUp ends a request as failed. If a try may have taken effect, it reads the chat once more before that.
func (s *Steps) giveUp(ctx context.Context, t *breaker.Permit, r ledger.Request, cause, traceID string) error {
	if r.MayHaveReached {
		at, err := s.readAfterTry(ctx, t, r, cause, traceID)
		if err != nil {
			return err
		}
		if end, ok := at.shows(r); ok {
			return s.end(ctx, at.note(r), end.state, end.reason, cause+"; "+end.words, traceID)
		}
		r = at.note(r)
	}
	return s.end(ctx, r, ledger.Failed, r.Reason, cause+"; no more tries", traceID)
}
