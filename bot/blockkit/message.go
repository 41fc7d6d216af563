package blockkit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/slack-go/slack"

	"linqbot/commands/richtext"
)

// Message is a text and its blocks, in the shape that Slack's methods and webhooks share.
type Message struct {
	Text   string        `json:"text"`
	Blocks []slack.Block `json:"blocks,omitempty"`
}

// Digest is the same for what looks the same.
func (m Message) Digest() (string, error) {
	encoded, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("encode message: %w", err)
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8]), nil
}

// fits reports whether a message can hold more blocks. Slack bounds their number and their length together.
func (m Message) fits(blocks ...slack.Block) bool {
	const room = longestBlocks - 600 // the rest is for the end of the message
	if len(m.Blocks)+len(blocks) > mostBlocks {
		return false
	}
	return mostLength(m.Blocks)+mostLength(blocks) <= room || lengthOf(m.Blocks)+lengthOf(blocks) <= room
}

// mostLength is at least [lengthOf], and costs nothing: most messages are short.
func mostLength(blocks []slack.Block) int {
	const escaped, around = 6, 300 // bytes of JSON for a byte of text, and around a text
	length := 0
	for _, block := range blocks {
		section, ok := block.(*slack.SectionBlock)
		if !ok || section.Text == nil {
			return longestBlocks // it has to be counted
		}
		length += escaped*len(section.Text.Text) + around
	}
	return length
}

func lengthOf(blocks []slack.Block) int {
	encoded, _ := json.Marshal(blocks) // they can always be encoded
	return len(encoded)
}

// DigestOf is the digest of what was rendered here; "" for what has none.
func DigestOf(m Message) string {
	digest, _ := m.Digest()
	return digest
}

// Joined puts the paragraphs of an answer into one.
func Joined(answer richtext.Answer) richtext.Text {
	var text richtext.Text
	for i, paragraph := range answer {
		if i > 0 {
			text = append(text, richtext.Span{Kind: richtext.Words, Value: " "})
		}
		text = append(text, paragraph...)
	}
	return text
}
