package linq

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Errors of [WebhookVerifier.Verify].
var (
	// ErrWebhookHeadersStripped says that only Linq's old headers arrived: something on the way took
	// the webhook-* headers off.
	ErrWebhookHeadersStripped = errors.New("linq: webhook: the X-Webhook-* headers are there, but webhook-id, webhook-timestamp and webhook-signature are not")
	// ErrWebhookUnsigned says that the request is not signed with any of the secrets, or not now.
	ErrWebhookUnsigned = errors.New("linq: webhook: no valid signature")
)

// WebhookVerifier tells whether Linq sent a webhook, by the rules of Standard Webhooks. Id, time and raw body are
// signed, and the time is at most five minutes away from now. Source: https://docs.linqapp.com/guides/webhooks/ and
// https://www.standardwebhooks.com
type WebhookVerifier struct {
	keys []*standardwebhooks.Webhook
}

const (
	webhookSecretPrefix = "whsec_"
	shortestSecret      = 16 // bytes; the specification asks for 24 or more
)

// NewWebhookVerifier takes the secrets of the subscription, "whsec_" and base64: one, or several
// while rotating.
func NewWebhookVerifier(secrets []string) (*WebhookVerifier, error) {
	v := &WebhookVerifier{}
	for _, secret := range secrets {
		encoded, ok := strings.CutPrefix(secret, webhookSecretPrefix)
		if !ok {
			return nil, errors.New("a webhook secret begins with whsec_")
		}
		const bytesPerChar = 0.75
		if float64(len(encoded))*bytesPerChar < shortestSecret {
			return nil, errors.New("a webhook secret is too short: copy it whole")
		}
		key, err := standardwebhooks.NewWebhook(encoded)
		if err != nil {
			return nil, errors.New("a webhook secret is not whsec_ and base64: copy it whole") // the cause may quote it
		}
		v.keys = append(v.keys, key)
	}
	if len(v.keys) == 0 {
		return nil, errors.New("there is no webhook secret")
	}
	return v, nil
}

// CheckHeader refuses what cannot be signed whatever the body is: the headers are missing or malformed, or their
// time is not within five minutes of now either way. Ask it before the body is read.
func (v *WebhookVerifier) CheckHeader(header http.Header) error {
	const tolerance = 5 * time.Minute
	id, stamp := header.Get(standardwebhooks.HeaderWebhookID), header.Get(standardwebhooks.HeaderWebhookTimestamp)
	signatures := header.Get(standardwebhooks.HeaderWebhookSignature)
	if signatures == "" && header.Get("X-Webhook-Signature") != "" {
		return ErrWebhookHeadersStripped
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || err != nil || time.Since(time.Unix(seconds, 0)).Abs() > tolerance {
		return ErrWebhookUnsigned
	}
	for each := range strings.SplitSeq(signatures, " ") {
		version, encoded, _ := strings.Cut(each, ",")
		if mac, err := base64.StdEncoding.DecodeString(encoded); version == "v1" && err == nil && len(mac) == sha256.Size {
			return nil
		}
	}
	return ErrWebhookUnsigned
}

// Verify checks the signature over the raw body.
func (v *WebhookVerifier) Verify(header http.Header, body []byte) error {
	for _, key := range v.keys {
		if err := key.Verify(body, header); err == nil {
			return nil
		}
	}
	if header.Get(standardwebhooks.HeaderWebhookSignature) == "" && header.Get("X-Webhook-Signature") != "" {
		return ErrWebhookHeadersStripped
	}
	return ErrWebhookUnsigned
}
