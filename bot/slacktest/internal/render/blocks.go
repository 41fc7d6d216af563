package render

import (
	"encoding/json"
	"strings"

	"linqbot/bot/slacktest/internal/blocks"
)

// Blocks is a message's or a view's blocks as people see them.
func Blocks(names Names, raw json.RawMessage) string {
	all, err := blocks.Parse(raw)
	if err != nil {
		return string(raw)
	}
	r := renderer{names}
	var lines []string
	for _, block := range all {
		lines = append(lines, r.block(block)...)
	}
	return strings.Join(lines, "\n")
}

// block returns the lines of one block.
func (r renderer) block(block blocks.Node) []string {
	switch block.Text("type") {
	case "section":
		var lines []string
		if block.Has("text") {
			lines = append(lines, r.textObject(block.Child("text")))
		}
		for _, field := range block.Children("fields") {
			lines = append(lines, r.textObject(field))
		}
		if block.Has("accessory") {
			lines = append(lines, r.element(block.Child("accessory")))
		}
		return lines
	case "header":
		return []string{r.textObject(block.Child("text"))}
	case "context":
		return []string{r.row(block, "  ")}
	case "actions":
		return []string{r.row(block, " ")}
	case "markdown":
		return []string{r.mrkdwn(block.Text("text"))}
	case "divider":
		return []string{"───"}
	case "input":
		return []string{r.textObject(block.Child("label")), r.element(block.Child("element"))}
	}
	return []string{r.element(block)}
}

func (r renderer) row(block blocks.Node, between string) string {
	var shown []string
	for _, element := range block.Children("elements") {
		shown = append(shown, r.element(element))
	}
	return strings.Join(shown, between)
}

// element renders what can stand in a row: text, an image, something to press or choose. What it
// does not know is shown by its type.
func (r renderer) element(e blocks.Node) string {
	switch kind := e.Text("type"); kind {
	case "mrkdwn", "plain_text":
		return r.textObject(e)
	case "button", "workflow_button":
		return "[ " + r.textObject(e.Child("text")) + " ]"
	case "image":
		return "[image: " + e.Text("alt_text") + "]"
	default:
		if e.Has("placeholder") {
			return "[ " + r.textObject(e.Child("placeholder")) + " ▾ ]"
		}
		return "[" + kind + "]"
	}
}

func (r renderer) textObject(t blocks.Node) string {
	if t.Text("type") == "mrkdwn" {
		return r.mrkdwn(t.Text("text"))
	}
	return unescape(t.Text("text"))
}
