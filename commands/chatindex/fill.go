package chatindex

import (
	"context"
	"errors"
	"time"

	"linqbot/linq"
)

// Fill lists the chats, so that they have names before anybody searches. It returns once there is a list, ctx ends, or
// Linq was asked often enough: the next search asks it again. It is meant to run in the background, and says nothing
// of trouble.
func (x *Index) Fill(ctx context.Context) {
	const tries, first, longest = 8, 10 * time.Second, 10 * time.Minute
	if _, filled := x.listing.Kept(); filled {
		return
	}
	wait := first
	for try := 1; ; try++ {
		_, err := x.listing.Get(ctx)
		refusal, refused := errors.AsType[*linq.Error](err)
		if err == nil || ctx.Err() != nil || try == tries || refused && refusal.Unauthorized() {
			return
		}
		pause := wait
		if refused {
			pause = max(pause, refusal.RetryAfter)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		wait = min(2*wait, longest)
	}
}

// Inherit takes the list of an index that this one takes the place of, if that has one.
func (x *Index) Inherit(before *Index) { x.listing.Inherit(before.listing) }
