package bot

import (
	"errors"
	"net/http"

	"github.com/sirupsen/logrus"

	"linqbot/bot/ingress"
)

// delivered is a request that Slack has signed. Nothing but its body is covered by the signature: neither
// its path nor its query, nor its content type.
type delivered struct {
	body []byte
	name string // the same for all requests with these bytes and this signature, and for no others
}

// signedHandler serves what Slack has signed.
type signedHandler func(w http.ResponseWriter, r *http.Request, d delivered)

// signed lets through what Slack has signed, once. What the headers alone rule out is refused before the body
// is read; the body is hashed before it is parsed, and is never larger than [ingress.LargestBody].
func (b *Bot) signed(next signedHandler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claimed, err := ingress.ReadSignature(r.Header, b.cfg.SigningSecrets)
		if err != nil && r.ContentLength <= ingress.LargestBody {
			b.refuseUnsigned(w, r, err)
			return
		}
		body, release, err := b.cfg.Bodies.Read(r)
		defer release()
		if err != nil {
			b.refuseBody(w, r, err)
			return
		}
		secret := claimed.Verify(body)
		if secret < 0 {
			b.refuseUnsigned(w, r, ingress.ErrUnsigned)
			return
		}
		b.countSigned(secret)
		b.serveOnce(w, r, claimed, func(w http.ResponseWriter) {
			next(w, r, delivered{body: body, name: claimed.Delivery()})
		})
	})
}

// serveOnce serves a signed request, unless the same bytes were answered with success before: they then get an
// empty 200, and nothing else happens.
func (b *Bot) serveOnce(w http.ResponseWriter, r *http.Request, claimed ingress.Signature, serve func(http.ResponseWriter)) {
	end, fresh, err := b.cfg.Replays.Begin(r.Context(), claimed)
	switch {
	case err != nil:
		w.WriteHeader(http.StatusServiceUnavailable) // the client has gone, or the server closes
		return
	case !fresh:
		b.refused(r, ingress.Replayed, "request ignored: the same bytes were answered before")
		return
	}
	success := false // stays false after a panic
	defer func() { end(success) }()
	answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	serve(answer)
	// If the client is gone, nobody heard the answer, and a resend is served again. The ledger prevents a second effect.
	success = answer.status < http.StatusMultipleChoices && r.Context().Err() == nil
}

func (b *Bot) countSigned(secret int) {
	if b.cfg.Signed != nil {
		b.cfg.Signed(secret)
	}
}

func (b *Bot) refuseUnsigned(w http.ResponseWriter, r *http.Request, why error) {
	b.countSigned(-1)
	b.refused(r, ingress.Unsigned, "request refused: the signature does not hold", logrus.Fields{"reason": why.Error()})
	if r.Header.Get(ingress.ExplainHeader) != "" {
		w.Header().Set(ingress.RefusedHeader, ingress.WhyUnsigned(r.Header, why))
	}
	w.WriteHeader(http.StatusUnauthorized)
}

// refuseBody answers a request whose body could not be read.
func (b *Bot) refuseBody(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, ingress.ErrBodyTooLarge):
		b.refused(r, ingress.BodyTooLarge, "request refused: the body is too large")
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	case errors.Is(err, ingress.ErrOverBudget):
		b.refused(r, ingress.OverBodyBudget, "request refused: too many large bodies at once")
		w.Header().Set("Connection", "close")
		ingress.RefuseBusy(w)
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

// refuseShape answers a signed request that is not what Slack sends to this route.
func (b *Bot) refuseShape(w http.ResponseWriter, r *http.Request, status int) {
	b.refused(r, ingress.WrongShape, "request refused: Slack sends nothing like it to this route")
	w.WriteHeader(status)
}

// refused counts a refusal, and logs it if there were not too many of its kind.
func (b *Bot) refused(r *http.Request, why ingress.Refusal, message string, fields ...logrus.Fields) {
	if b.cfg.Refused != nil {
		b.cfg.Refused(why)
	}
	leftOut, ok := b.logLimit.Allow(string(why))
	if !ok {
		return
	}
	log := b.loggerOf(r.Context())
	for _, more := range fields {
		log = log.WithFields(more)
	}
	if leftOut > 0 {
		log = log.WithField("left_out", leftOut)
	}
	log.Warn(message)
}
