package bot

import (
	"context"
	"errors"
	"net/http"

	"linqbot/linq"
)

// LinqWebhooksPath is where Linq tells of what happened in its chats.
const LinqWebhooksPath = "/linq/webhooks"

// Webhooks is what serving Linq's webhooks needs.
type Webhooks struct {
	Verifier *linq.WebhookVerifier
	Take     func(ctx context.Context, e linq.WebhookEvent) error
}

// serveWebhook takes an event of Linq: verified over the raw bytes, kept before it is answered. Linq
// delivers again what was answered with 5xx, and nothing else.
func (b *Bot) serveWebhook(w http.ResponseWriter, r *http.Request) {
	log := b.loggerOf(r.Context())
	body, err := readBody(r)
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
		return
	case len(body) > largestBody:
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if err := b.cfg.Webhooks.Verifier.Verify(r.Header, body); err != nil {
		log = log.WithError(err)
		if errors.Is(err, linq.ErrWebhookHeadersStripped) {
			log = log.WithField("missing", "webhook-id, webhook-timestamp, webhook-signature")
		}
		log.Warn("webhook refused: the signature does not hold")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	event, err := linq.DecodeWebhook(body)
	if err != nil {
		log.WithError(err).Warn("webhook of no interest") // signed, so it would come the same again
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), ackTime)
	defer cancel()
	if err := b.cfg.Webhooks.Take(ctx, event); err != nil {
		log.WithError(err).Error("webhook not taken")
		w.WriteHeader(http.StatusInternalServerError)
	}
}
