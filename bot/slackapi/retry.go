package slackapi

import (
	"context"
	"errors"
	"time"
)

// Retry makes a call that does no harm when it is made twice, and makes it again while Slack has trouble: four times at
// most, and for as long as ctx lets it. It returns the last error, and whether the answer to a call before was lost, so
// that the call may have taken effect all the same.
func Retry(ctx context.Context, call func() error) (lost bool, err error) {
	const (
		tries     = 4
		firstWait = 250 * time.Millisecond
	)
	wait := firstWait
	for try := 1; ; try++ {
		err = call()
		judged := JudgeCall(err)
		_, isLost := errors.AsType[*LostAnswerError](judged)
		later, isPutOff := errors.AsType[*RetryLaterError](judged)
		if isPutOff {
			wait = max(wait, later.Wait)
		}
		if !isLost && !isPutOff || try == tries || !pause(ctx, wait) {
			return lost, err
		}
		lost, wait = lost || isLost, 2*wait
	}
}

// pause waits, unless ctx ends before that.
func pause(ctx context.Context, wait time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < wait {
		return false
	}
	select {
	case <-time.After(wait):
		return true
	case <-ctx.Done():
		return false
	}
}
