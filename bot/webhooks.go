package bot

import (
	"context"
	"errors"
	"net/http"

	"github.com/sirupsen/logrus"

	"linqbot/bot/ingress"
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
	verifier := b.cfg.Webhooks.Verifier
	if err := verifier.CheckHeader(r.Header); err != nil && r.ContentLength <= ingress.LargestBody {
		b.refuseWebhook(w, r, err)
		return
	}
	body, release, err := b.cfg.Bodies.Read(r)
	defer release()
	if err != nil {
		b.refuseBody(w, r, err)
		return
	}
	if err := verifier.Verify(r.Header, body); err != nil {
		b.refuseWebhook(w, r, err)
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

func (b *Bot) refuseWebhook(w http.ResponseWriter, r *http.Request, why error) {
	fields := logrus.Fields{logrus.ErrorKey: why}
	if errors.Is(why, linq.ErrWebhookHeadersStripped) {
		fields["missing"] = "webhook-id, webhook-timestamp, webhook-signature"
	}
	b.refused(r, ingress.Unsigned, "webhook refused: the signature does not hold", fields)
	w.WriteHeader(http.StatusUnauthorized)
}
