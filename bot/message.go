package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/slack-go/slack"

	"linqbot/commands/richtext"
)

// message is a text and its blocks, in the shape that Slack's methods and webhooks share.
type message struct {
	Text   string        `json:"text"`
	Blocks []slack.Block `json:"blocks,omitempty"`
}

// digest is the same for what looks the same.
func (m message) digest() (string, error) {
	encoded, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("encode message: %w", err)
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8]), nil
}

// digestOf is the digest of what was rendered here; "" for what has none.
func digestOf(m message) string {
	digest, _ := m.digest()
	return digest
}

// joined puts the paragraphs of an answer into one.
func joined(answer richtext.Answer) richtext.Text {
	var text richtext.Text
	for i, paragraph := range answer {
		if i > 0 {
			text = append(text, richtext.Span{Kind: richtext.Words, Value: " "})
		}
		text = append(text, paragraph...)
	}
	return text
}
