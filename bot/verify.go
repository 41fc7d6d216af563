package bot

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/slack-go/slack"
)

const (
	largestBody     = 1 << 20
	largestSSLCheck = 4 << 10
	formType        = "application/x-www-form-urlencoded"
)

var errUnsigned = errors.New("bot: not signed by Slack")

// signedHandler serves a request whose body Slack has signed. Nothing else of the request is
// covered by the signature: neither its path nor its query.
type signedHandler func(w http.ResponseWriter, r *http.Request, body []byte)

// signed lets through what Slack has signed. The body is read whole before it is hashed, hashed
// before it is parsed, and never larger than largestBody.
func (b *Bot) signed(next signedHandler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := readBody(r)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if len(body) > largestBody {
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		secret, err := verify(r.Header, body, b.cfg.SigningSecrets)
		if b.cfg.Signed != nil {
			b.cfg.Signed(secret)
		}
		if err != nil {
			if isSSLCheck(r.Header, body) {
				return // an empty 200, and nothing else
			}
			b.loggerOf(r.Context()).WithField("reason", err.Error()).Warn("request refused: the signature does not hold")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next(w, r, body)
	})
}

// readBody reads as much of a body as is ever looked at, and one byte more if there is one. Of what
// is too large it lets some pass unread: a client that is cut off while it writes may never see
// the answer.
func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, largestBody+1))
	if err == nil && len(body) > largestBody {
		_, _ = io.CopyN(io.Discard, r.Body, largestBody) // too large whether the rest comes or not
	}
	return body, err
}

// verify checks Slack's signature over body, and that its time is within five minutes of now either
// way. It returns which of the secrets signed, or -1 and why none did.
// Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
func verify(header http.Header, body []byte, secrets []string) (int, error) {
	err := errUnsigned
	for i, secret := range secrets {
		var verifier slack.SecretsVerifier
		if verifier, err = slack.NewSecretsVerifier(header, secret); err != nil {
			continue
		}
		if _, err = verifier.Write(body); err != nil {
			continue
		}
		if err = verifier.Ensure(); err == nil {
			return i, nil
		}
	}
	switch {
	case errors.Is(err, slack.ErrMissingHeaders), errors.Is(err, slack.ErrExpiredTimestamp):
		return -1, err
	default:
		return -1, errUnsigned // the verifier's own text may quote what was sent
	}
}

// isSSLCheck recognises Slack's probe of the certificate, which carries no signature.
// Source: https://docs.slack.dev/interactivity/implementing-slash-commands
func isSSLCheck(header http.Header, body []byte) bool {
	if header.Get("X-Slack-Signature") != "" || len(body) > largestSSLCheck || !isForm(header) {
		return false
	}
	form, err := url.ParseQuery(string(body))
	return err == nil && form.Get("ssl_check") == "1"
}

func isForm(header http.Header) bool {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && mediaType == formType
}
