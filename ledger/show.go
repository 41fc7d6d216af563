package ledger

import (
	"context"

	"linqbot/ledger/internal/batches"
	"linqbot/ledger/internal/requests"
)

// View returns what is to show of a delivery; [ErrNotFound] when there is no such delivery.
func (l *Ledger) View(ctx context.Context, delivery string) (View, error) {
	return requests.ViewOf(ctx, l.store.Reader(), delivery)
}

// SaveThread stores where a delivery shows.
func (l *Ledger) SaveThread(ctx context.Context, t Thread) error {
	return requests.SaveThread(ctx, l.store.Writer(), t)
}

// SaveReply stores what the status message of a request shows, and the mention beside it.
func (l *Ledger) SaveReply(ctx context.Context, r Reply) error {
	return requests.SaveReply(ctx, l.store.Writer(), r)
}

// UntoldFollowers returns those who asked for a removal of this delivery and do not yet know where
// its thread is.
func (l *Ledger) UntoldFollowers(ctx context.Context, delivery string) ([]Follower, error) {
	return requests.Untold(ctx, l.store.Reader(), delivery)
}

// UntoldBatchFollowers returns those who asked for a removal of this batch and do not yet know where its thread is.
func (l *Ledger) UntoldBatchFollowers(ctx context.Context, batchID string) ([]Follower, error) {
	return requests.UntoldOfBatch(ctx, l.store.Reader(), batchID)
}

// MarkTold records that a follower knows where the thread is, or can no longer be told.
func (l *Ledger) MarkTold(ctx context.Context, f Follower) error {
	return requests.MarkTold(ctx, l.store.Writer(), f)
}

// MarkBatchShown records that the end of a batch is shown, so that it need not be shown again.
func (l *Ledger) MarkBatchShown(ctx context.Context, batchID string) error {
	return batches.MarkShown(ctx, l.store.Writer(), batchID)
}

// BatchThread returns where a batch shows: its parent message, or the way round it.
func (l *Ledger) BatchThread(ctx context.Context, batchID string) (Thread, error) {
	return requests.LoadThread(ctx, l.store.Reader(), batchID)
}

// BatchMessages returns what is known of the messages of a batch besides its parent, by name.
func (l *Ledger) BatchMessages(ctx context.Context, batchID string) (map[string]Posting, error) {
	return batches.Messages(ctx, l.store.Reader(), batchID)
}

// SaveBatchMessage stores what is known of one of these messages.
func (l *Ledger) SaveBatchMessage(ctx context.Context, batchID, name string, p Posting) error {
	return batches.SaveMessage(ctx, l.store.Writer(), batchID, name, p)
}
