package ingress

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// signatureHeader holds Slack's signature of a request.
// Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
const signatureHeader = "X-Slack-Signature"

// timestampHeader holds when Slack signed it.
const timestampHeader = "X-Slack-Request-Timestamp"

// RefusedHeader is in the answer to a request whose signature does not hold. It says why, with one of the values
// below, for the person who installs linqbot. It is there only if the request has ExplainHeader, and tells the
// sender only what they know.
const (
	RefusedHeader = "X-Linqbot-Refused"
	ExplainHeader = "X-Linqbot-Explain"
)

// The values of [RefusedHeader].
const (
	RefusedNoSignature = "no " + signatureHeader
	RefusedNoTimestamp = "no " + timestampHeader
	RefusedTooOld      = "timestamp"
	RefusedWrong       = "signature"
)

// WhyUnsigned returns the value of [RefusedHeader] for a request.
func WhyUnsigned(header http.Header, err error) string {
	switch {
	case header.Get(signatureHeader) == "":
		return RefusedNoSignature
	case header.Get(timestampHeader) == "":
		return RefusedNoTimestamp
	case errors.Is(err, slack.ErrExpiredTimestamp):
		return RefusedTooOld
	default:
		return RefusedWrong
	}
}

// ErrUnsigned is a signature that is missing, malformed or wrong.
var ErrUnsigned = errors.New("bot: not signed by Slack")

// Signature is what the headers of a request claim. It is read before the body, and checked against it.
type Signature struct {
	mac       [sha256.Size]byte
	verifiers []slack.SecretsVerifier // one for each secret, in their order
}

// ReadSignature reads the headers. It refuses what cannot be a valid signature whatever the body is: one
// that is missing or malformed, or whose time is not within five minutes of now either way.
func ReadSignature(header http.Header, secrets []string) (Signature, error) {
	var s Signature
	err := ErrUnsigned
	for _, secret := range secrets {
		var verifier slack.SecretsVerifier
		if verifier, err = slack.NewSecretsVerifier(header, secret); err != nil {
			break
		}
		s.verifiers = append(s.verifiers, verifier)
	}
	switch {
	case errors.Is(err, slack.ErrMissingHeaders), errors.Is(err, slack.ErrExpiredTimestamp):
		return Signature{}, err
	case err != nil, len(s.verifiers) == 0:
		return Signature{}, ErrUnsigned // the verifier's own text may quote what was sent
	}
	mac, err := hex.DecodeString(strings.TrimPrefix(header.Get(signatureHeader), "v0="))
	if err != nil || len(mac) != len(s.mac) {
		return Signature{}, ErrUnsigned
	}
	s.mac = [sha256.Size]byte(mac)
	return s, nil
}

// Verify returns which of the secrets has signed body, -1 if none has.
func (s Signature) Verify(body []byte) int {
	for i, verifier := range s.verifiers {
		if _, err := verifier.Write(body); err == nil && verifier.Ensure() == nil {
			return i
		}
	}
	return -1
}

// Delivery names a signed request. All spellings of its signature give the same name. The name does
// not reveal the signature.
func (s Signature) Delivery() string {
	sum := sha256.Sum256([]byte("v0=" + hex.EncodeToString(s.mac[:])))
	return "signature-" + hex.EncodeToString(sum[:])
}

// staleAfter is how long a signed request stays valid: its time may be five minutes ahead, and is good
// for five minutes more.
const staleAfter = 10 * time.Minute
