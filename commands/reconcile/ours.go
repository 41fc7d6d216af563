package reconcile

import (
	"context"
	"errors"
	"time"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/breaker"
	"linqbot/linq/handle"
)

// mindsOurLines reports whether r may name a line of ours. A person whom a removal of ours took out is no line of ours.
func mindsOurLines(r ledger.Request) bool { return r.Undoes == "" }

// ours reports whether r names a line of ours. The error says that this cannot be told.
func (s *Steps) ours(ctx context.Context, r ledger.Request, at chatSnapshot) (bool, error) {
	var chat *linq.Chat
	if at.err == nil {
		chat = &at.chat
	}
	return s.lines.Ours(ctx, chat, handle.New(r.Handle.Value()), handle.New(r.ListedHandle.Value()))
}

// withoutLines is a try that sends nothing: whether r would remove our own line is not known, since
// listing the lines ended in err. An API key that Linq does not accept ends r at once.
func (s *Steps) withoutLines(ctx context.Context, t *breaker.Permit, r ledger.Request, err error) (time.Duration, error) {
	r.Tries++
	if r.FirstTryAt.IsZero() {
		r.FirstTryAt = s.now()
	}
	r.HTTPStatus, r.TraceID, r.LinqSaid = 0, linq.TraceID(err), ""
	var asked time.Duration
	if refusal, ok := errors.AsType[*linq.Error](err); ok {
		if refusal.Unauthorized() {
			r.HTTPStatus = refusal.HTTPStatus
			return 0, s.end(ctx, r, ledger.Refused, outcome.ReasonOf(refusal), "listing our own lines: the API key is not accepted", refusal.TraceID)
		}
		asked = refusal.RetryAfter
	}
	r.Reason = outcome.ReasonLinesUnknown
	return s.again(ctx, t, r, asked, "our own lines are not known, so nothing was sent", r.TraceID)
}
