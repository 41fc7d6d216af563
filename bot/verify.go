package bot

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

var errUnsigned = errors.New("bot: not signed by Slack")

// signature is what the headers of a request claim. It is read before the body, and checked against it.
type signature struct {
	mac       [sha256.Size]byte
	verifiers []slack.SecretsVerifier // one for each secret, in their order
}

// readSignature reads the headers. It refuses what cannot be a valid signature whatever the body is: one
// that is missing or malformed, or whose time is not within five minutes of now either way.
func readSignature(header http.Header, secrets []string) (signature, error) {
	var s signature
	err := errUnsigned
	for _, secret := range secrets {
		var verifier slack.SecretsVerifier
		if verifier, err = slack.NewSecretsVerifier(header, secret); err != nil {
			break
		}
		s.verifiers = append(s.verifiers, verifier)
	}
	switch {
	case errors.Is(err, slack.ErrMissingHeaders), errors.Is(err, slack.ErrExpiredTimestamp):
		return signature{}, err
	case err != nil, len(s.verifiers) == 0:
		return signature{}, errUnsigned // the verifier's own text may quote what was sent
	}
	mac, err := hex.DecodeString(strings.TrimPrefix(header.Get(signatureHeader), "v0="))
	if err != nil || len(mac) != len(s.mac) {
		return signature{}, errUnsigned
	}
	s.mac = [sha256.Size]byte(mac)
	return s, nil
}

// verify returns which of the secrets has signed body, -1 if none has.
func (s signature) verify(body []byte) int {
	for i, verifier := range s.verifiers {
		if _, err := verifier.Write(body); err == nil && verifier.Ensure() == nil {
			return i
		}
	}
	return -1
}

// delivery names a signed request. All spellings of its signature give the same name, from which the
// signature cannot be had.
func (s signature) delivery() string {
	sum := sha256.Sum256([]byte("v0=" + hex.EncodeToString(s.mac[:])))
	return "signature-" + hex.EncodeToString(sum[:])
}

// staleAfter is how long a signed request stays valid: its time may be five minutes ahead, and is good
// for five minutes more.
const staleAfter = 10 * time.Minute
