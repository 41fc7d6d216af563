package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
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

// awaitingClauses use two indexes, and repeat the condition of each. One index for both would cost
// accepting one more entry for each order.
const awaitingClauses = `
	WHERE id IN (
		SELECT id FROM requests WHERE chat_id = $1 AND handle_key = $2 AND kind = $3
			AND ` + store.UnderWay + ` AND (state = 'sent' OR state = 'accepted' AND may_have_reached)
		UNION ALL
		SELECT id FROM requests WHERE chat_id = $1 AND handle_key = $2 AND kind = $3 AND state = 'unconfirmed')
	ORDER BY id DESC`

// Awaiting returns the newest request of a kind that waits to see this person leave or join the chat. Linq
// has taken it, or may have; it may be unconfirmed already. Without one the error is [ErrNotFound].
func (l *Ledger) Awaiting(ctx context.Context, kind Kind, chatID string, handle Secret) (Request, error) {
	r, err := queryRequest(ctx, l.store.Reader(), awaitingClauses, chatID, strings.ToLower(handle.Value()), string(kind))
	if errors.Is(err, ErrNotFound) {
		return Request{}, ErrNotFound
	}
	return r, err
}
