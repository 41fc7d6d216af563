package slacktest

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// content is what a message says, as every way to write one gives it: the chat methods, response
// URLs and the answer to a command.
type content struct {
	text        string
	hasText     bool
	blocks      json.RawMessage // nil when none, or an empty list, was given
	hasBlocks   bool
	metadata    *Metadata
	hasMetadata bool
}

const (
	advisedText = 4000  // reference/methods/chat.postMessage; chat.update refuses more
	maxText     = 40000 // reference/methods/chat.postMessage
)

// content reads a message out of a call's arguments; method is for the note of broken limits. It
// fails with invalid_blocks and the reasons, msg_too_long or invalid_metadata_format.
func (w *world) content(method string, args arguments) (content, error) {
	c := content{text: args.Get("text"), hasText: args.Has("text"), hasBlocks: args.Has("blocks")}
	if c.hasBlocks {
		blocks := json.RawMessage(args.Get("blocks"))
		if found := checkBlocks(blocks, maxMessageBlocks); len(found) > 0 {
			w.violate(method, found)
			return content{}, failureWith("invalid_blocks", found)
		}
		if string(compact(blocks)) != "[]" {
			c.blocks = blocks
		}
	}
	if utf8.RuneCountInString(c.text) > maxText {
		return content{}, failure("msg_too_long")
	}
	if args.mentionsByName() {
		c.text = linkBroadcasts(c.text)
	}
	var err error
	c.metadata, c.hasMetadata, err = metadataOf(args)
	return c, err
}

func (c content) empty() bool { return c.text == "" && c.blocks == nil }

// metadataOf reads the metadata argument. An empty event type, which clients send for "none", is
// none.
func metadataOf(args arguments) (m *Metadata, given bool, err error) {
	if !args.Has("metadata") {
		return nil, false, nil
	}
	m = new(Metadata)
	if err := json.Unmarshal([]byte(args.Get("metadata")), m); err != nil {
		return nil, true, failureWith("invalid_metadata_format", []string{err.Error()})
	}
	if m.EventType == "" {
		return nil, true, nil
	}
	return m, true, nil
}

// mentionsByName reports whether Slack is asked to make mentions of plain @names
// (messaging/formatting-message-text).
func (a arguments) mentionsByName() bool { return a.flag("link_names") || a.Get("parse") == "full" }

// linkBroadcasts turns @channel and its like into the mentions that Slack would make of them.
func linkBroadcasts(text string) string {
	return strings.NewReplacer("@channel", "<!channel>", "@here", "<!here>", "@everyone", "<!everyone>").Replace(text)
}
