package slackapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// errTooLate says that a call was certainly not sent: the time for it was over.
var errTooLate = errors.New("bot: the time for this call was over before it was sent")

// Ended returns why no more is to be done for ctx; nil if there is no reason. It does not wait for the deadline's
// timer. A process that was stopped, or whose machine slept, may go on before the timer fires, after another replica
// has taken over. The time of day goes on while a machine sleeps, which the monotonic clock does not.
func Ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline.Round(0)) {
		return context.DeadlineExceeded
	}
	return nil
}

// punctual sends no request whose time is over.
type punctual struct{ *http.Transport }

func (p punctual) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := Ended(r.Context()); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // as a RoundTripper must
		}
		return nil, fmt.Errorf("%w: %w", errTooLate, err)
	}
	return p.Transport.RoundTrip(r)
}
