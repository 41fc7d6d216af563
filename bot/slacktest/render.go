package slacktest

import (
	"encoding/json"
	"strings"
)

// render is a message as people see it: its blocks, or its text if it has none.
func (w *world) render(m *Message) string {
	if m.Blocks == nil {
		return w.mrkdwn(m.Text)
	}
	return w.renderBlocks(m.Blocks)
}

func (w *world) renderBlocks(raw json.RawMessage) string {
	blocks, err := nodes(raw)
	if err != nil {
		return string(raw)
	}
	var lines []string
	for _, block := range blocks {
		lines = append(lines, w.renderBlock(block)...)
	}
	return strings.Join(lines, "\n")
}

// renderBlock returns the lines of one block.
func (w *world) renderBlock(block node) []string {
	switch block.text("type") {
	case "section":
		var lines []string
		if block.has("text") {
			lines = append(lines, w.textObject(block.child("text")))
		}
		for _, field := range block.children("fields") {
			lines = append(lines, w.textObject(field))
		}
		if block.has("accessory") {
			lines = append(lines, w.element(block.child("accessory")))
		}
		return lines
	case "header":
		return []string{w.textObject(block.child("text"))}
	case "context":
		return []string{w.row(block, "  ")}
	case "actions":
		return []string{w.row(block, " ")}
	case "markdown":
		return []string{w.mrkdwn(block.text("text"))}
	case "divider":
		return []string{"───"}
	case "input":
		return []string{w.textObject(block.child("label")), w.element(block.child("element"))}
	}
	return []string{w.element(block)}
}

func (w *world) row(block node, between string) string {
	var shown []string
	for _, element := range block.children("elements") {
		shown = append(shown, w.element(element))
	}
	return strings.Join(shown, between)
}

// element renders what can stand in a row: text, an image, something to press or choose. What it
// does not know is shown by its type.
func (w *world) element(e node) string {
	switch kind := e.text("type"); kind {
	case "mrkdwn", "plain_text":
		return w.textObject(e)
	case "button", "workflow_button":
		return "[ " + w.textObject(e.child("text")) + " ]"
	case "image":
		return "[image: " + e.text("alt_text") + "]"
	default:
		if e.has("placeholder") {
			return "[ " + w.textObject(e.child("placeholder")) + " ▾ ]"
		}
		return "[" + kind + "]"
	}
}

func (w *world) textObject(t node) string {
	if t.text("type") == "mrkdwn" {
		return w.mrkdwn(t.text("text"))
	}
	return unescape(t.text("text"))
}
