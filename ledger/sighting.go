package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Sighting is what Linq told of a person in a chat by webhook.
type Sighting struct {
	EventID   string
	Type      string
	ChatID    string
	Handle    Private
	TraceID   string
	At        time.Time // when it happened, as Linq says
	RequestID string    // the request that it ended; "" if nobody had asked for it
}

// HasSighting reports whether an event was kept before.
func (l *Ledger) HasSighting(ctx context.Context, eventID string) (bool, error) {
	var kept bool
	err := l.store.reader().queryRow(ctx, `SELECT EXISTS (SELECT 1 FROM sightings WHERE event_id = $1)`, eventID).Scan(&kept)
	if err != nil {
		return false, fmt.Errorf("look for a sighting: %w", err)
	}
	return kept, nil
}

// KeepSighting records an event; one that was kept before stays as it is.
func (l *Ledger) KeepSighting(ctx context.Context, s Sighting) error {
	_, err := l.store.writer().exec(ctx, `
		INSERT INTO sightings (event_id, type, chat_id, handle, trace_id, at, taken_at, request_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		s.EventID, s.Type, s.ChatID, s.Handle.Reveal(), s.TraceID, micros(s.At), micros(l.now()), s.RequestID)
	if err != nil {
		return fmt.Errorf("keep a sighting: %w", err)
	}
	return nil
}

// awaitingClauses look in two indexes, and spell the condition of each as it does: one of all that could
// be waited for would have accepting keep one more entry for each order.
const awaitingClauses = `
	WHERE id IN (
		SELECT id FROM requests WHERE chat_id = $1 AND handle_key = $2 AND kind = $3
			AND state IN ('asked', 'accepted', 'sent') AND (state = 'sent' OR state = 'accepted' AND may_have_reached)
		UNION ALL
		SELECT id FROM requests WHERE chat_id = $1 AND handle_key = $2 AND kind = $3 AND state = 'unconfirmed')
	ORDER BY id DESC`

// Awaiting returns the newest request of a kind that waits to see this person leave or join: one
// that Linq may have, or has, taken, also where nothing was seen in time. [ErrNotFound] without one.
func (l *Ledger) Awaiting(ctx context.Context, kind Kind, chatID string, handle Private) (Request, error) {
	r, err := queryRequest(ctx, l.store.reader(), awaitingClauses, chatID, strings.ToLower(handle.Reveal()), string(kind))
	if errors.Is(err, ErrNotFound) {
		return Request{}, ErrNotFound
	}
	return r, err
}
