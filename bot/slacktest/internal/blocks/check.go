package blocks

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// CheckMessage returns every limit of Slack's that a message breaks, each as the place and what is
// wrong there; none means that it is safe to post. It also tells what Slack tolerates but advises
// against: a long text, and blocks without the text that notifications and screen readers use.
func CheckMessage(blocks json.RawMessage, text string) []string {
	var found []string
	if len(blocks) > 0 {
		found = CheckBlocks(blocks)
	}
	return append(found, CheckText(text, blocks)...)
}

// CheckView does the same for a modal or a Home tab.
func CheckView(view json.RawMessage) []string {
	var n Node
	if err := json.Unmarshal(view, &n); err != nil {
		return []string{"view: " + err.Error()}
	}
	var raw struct{ Blocks json.RawMessage }
	_ = json.Unmarshal(view, &raw) // it is an object, so this cannot fail
	c := &checker{}
	c.oneOf("type", n.Text("type"), "modal", "home")
	for _, part := range []string{"title", "submit", "close"} {
		switch {
		case !n.Has(part):
		case n.Text("type") == "home":
			c.add(part, "not in a Home tab")
		default:
			c.plain(part, n.Child(part), 24)
		}
	}
	c.atMost("private_metadata", n.Text("private_metadata"), 3000)
	c.atMost("callback_id", n.Text("callback_id"), 255)
	if n.Text("type") == "modal" && !n.Has("title") {
		c.add("title", "missing")
	}
	for _, block := range n.Children("blocks") {
		if block.Text("type") == "input" && n.Text("type") == "modal" && !n.Has("submit") {
			c.add("submit", "missing, and there is an input block")
			break
		}
	}
	return append(c.found, checkBlocks(raw.Blocks, maxViewBlocks)...)
}

const (
	maxMessageBlocks = 50  // reference/block-kit/blocks
	maxViewBlocks    = 100 // reference/views

	// AdvisedText is how long the text beside the blocks should be at most
	// (reference/methods/chat.postMessage). chat.update refuses more.
	AdvisedText = 4000
)

// CheckText checks what stands beside the blocks.
func CheckText(text string, blocks json.RawMessage) []string {
	c := &checker{}
	c.atMost("text", text, AdvisedText)
	if text == "" && len(blocks) > 0 {
		c.add("text", "missing beside blocks")
	}
	return c.found
}

// CheckBlocks checks the blocks of a message; what it finds, Slack refuses with invalid_blocks.
func CheckBlocks(raw json.RawMessage) []string { return checkBlocks(raw, maxMessageBlocks) }

func checkBlocks(raw json.RawMessage, limit int) []string {
	blocks, err := Parse(raw)
	if err != nil {
		return []string{"blocks: " + err.Error()}
	}
	c := &checker{}
	c.count("blocks", len(blocks), 0, limit)
	ids := make(map[string]bool)
	for i, block := range blocks {
		at := fmt.Sprintf("blocks[%d]", i)
		c.block(at, block)
		id := block.Text("block_id")
		c.atMost(at+".block_id", id, 255)
		if id != "" && ids[id] {
			c.add(at+".block_id", "used twice")
		}
		ids[id] = true
	}
	return c.found
}

// checker gathers what is wrong. Lengths are in characters.
type checker struct{ found []string }

func (c *checker) add(place, wrong string) { c.found = append(c.found, place+": "+wrong) }

func (c *checker) atMost(place, text string, most int) {
	if n := utf8.RuneCountInString(text); n > most {
		c.add(place, fmt.Sprintf("%d characters, at most %d", n, most))
	}
}

func (c *checker) required(place, text string, most int) {
	if text == "" {
		c.add(place, "missing or empty")
	}
	c.atMost(place, text, most)
}

func (c *checker) count(place string, n, least, most int) {
	if n < least || n > most {
		c.add(place, fmt.Sprintf("%d of them, %d to %d allowed", n, least, most))
	}
}

func (c *checker) oneOf(place, value string, allowed ...string) {
	if slices.Contains(allowed, value) {
		return
	}
	c.add(place, fmt.Sprintf("%q, not one of %q", value, allowed))
}

// words checks a text object of either type.
func (c *checker) words(place string, t Node, most int) {
	c.oneOf(place+".type", t.Text("type"), "mrkdwn", "plain_text")
	c.required(place, t.Text("text"), most)
}

// plain checks a text object that must be plain_text.
func (c *checker) plain(place string, t Node, most int) {
	c.oneOf(place+".type", t.Text("type"), "plain_text")
	c.required(place, t.Text("text"), most)
}
