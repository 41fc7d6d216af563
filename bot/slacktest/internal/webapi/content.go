package webapi

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"linqbot/bot/slacktest/internal/blocks"
	"linqbot/bot/slacktest/internal/workspace"
)

const maxText = 40000 // reference/methods/chat.postMessage

// ReadContent reads a message out of a call's arguments; method is for the note of broken limits. It
// fails with invalid_blocks and the reasons, msg_too_long or invalid_metadata_format.
func ReadContent(w *workspace.Workspace, method string, args Arguments) (workspace.Content, error) {
	c := workspace.Content{Text: args.Get("text"), HasText: args.Has("text"), HasBlocks: args.Has("blocks")}
	if c.HasBlocks {
		raw := json.RawMessage(args.Get("blocks"))
		if found := blocks.CheckBlocks(raw); len(found) > 0 {
			w.Violate(method, found)
			return workspace.Content{}, failureWith("invalid_blocks", found)
		}
		if string(compact(raw)) != "[]" {
			c.Blocks = raw
		}
	}
	if utf8.RuneCountInString(c.Text) > maxText {
		return workspace.Content{}, Failure("msg_too_long")
	}
	if args.mentionsByName() {
		c.Text = linkBroadcasts(c.Text)
	}
	var err error
	c.Metadata, c.HasMetadata, err = metadataOf(args)
	return c, err
}

// metadataOf reads the metadata argument. An empty event type, which clients send for "none", is
// none.
func metadataOf(args Arguments) (m *workspace.Metadata, given bool, err error) {
	if !args.Has("metadata") {
		return nil, false, nil
	}
	m = new(workspace.Metadata)
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
func (a Arguments) mentionsByName() bool { return a.flag("link_names") || a.Get("parse") == "full" }

// linkBroadcasts turns @channel and its like into the mentions that Slack would make of them.
func linkBroadcasts(text string) string {
	return strings.NewReplacer("@channel", "<!channel>", "@here", "<!here>", "@everyone", "<!everyone>").Replace(text)
}
