package reconcile

import (
	"context"

	"linqbot/linq"
	"linqbot/linq/handle"
)

// Ours reports whether one of the handles is a line of ours.
func (o *OwnLines) Ours(ctx context.Context, chat *linq.Chat, handles ...handle.Handle) (bool, error) {
	return o.ours(ctx, chat, handles...)
}
