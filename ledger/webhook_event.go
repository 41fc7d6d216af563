package ledger

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
)

// WebhookEvent is an event that Linq sent: a person left a chat or joined it.
type WebhookEvent struct {
	EventID   string
	Type      string
	ChatID    string
	Handle    Secret
	TraceID   string
	At        time.Time // when it happened, as Linq says
	RequestID string    // the request that it ended; "" if nobody had asked for it
}

// HasWebhookEvent reports whether an event is recorded.
func (l *Ledger) HasWebhookEvent(ctx context.Context, eventID string) (bool, error) {
	var kept bool
	err := l.store.Reader().QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM sightings WHERE event_id = $1)`, eventID).Scan(&kept)
	if err != nil {
		return false, fmt.Errorf("look for a sighting: %w", err)
	}
	return kept, nil
}

// KeepWebhookEvent records an event. One that is recorded already stays as it is.
func (l *Ledger) KeepWebhookEvent(ctx context.Context, e WebhookEvent) error {
	_, err := l.store.Writer().Exec(ctx, `
		INSERT INTO sightings (event_id, type, chat_id, handle, trace_id, at, taken_at, request_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		e.EventID, e.Type, e.ChatID, e.Handle.Value(), e.TraceID, store.Micros(e.At), store.Micros(l.now()), e.RequestID)
	if err != nil {
		return fmt.Errorf("keep a sighting: %w", err)
	}
	return nil
}
