package slackhtml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
)

// block has the fields of the blocks that are drawn (reference/block-kit/blocks).
type block struct {
	Type      string            `json:"type"`
	BlockID   string            `json:"block_id"`
	Text      json.RawMessage   `json:"text"`
	Fields    []textObject      `json:"fields"`
	Accessory json.RawMessage   `json:"accessory"`
	Elements  []json.RawMessage `json:"elements"`

	Label    textObject      `json:"label"`
	Hint     textObject      `json:"hint"`
	Element  json.RawMessage `json:"element"`
	Optional bool            `json:"optional"`
	Dispatch bool            `json:"dispatch_action"`

	Title    textObject `json:"title"`
	ImageURL string     `json:"image_url"`
	AltText  string     `json:"alt_text"`
}

// textObject is text of either type.
type textObject struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// blocksOf decodes blocks, and gives those without an id one, as Slack does.
func blocksOf(raw json.RawMessage) ([]block, []json.RawMessage, error) {
	var all []block
	var sources []json.RawMessage
	if len(raw) == 0 {
		return nil, nil, nil
	}
	if err := json.Unmarshal(raw, &sources); err != nil {
		return nil, nil, err
	}
	for i, source := range sources {
		var b block
		if err := json.Unmarshal(source, &b); err != nil {
			return nil, nil, err
		}
		if b.BlockID == "" {
			b.BlockID = fmt.Sprintf("b%d", i)
		}
		all = append(all, b)
	}
	return all, sources, nil
}

// Blocks draws blocks. What is filled in shows in the fields among them.
func (r Renderer) Blocks(raw json.RawMessage, in Filled) template.HTML {
	all, sources, err := blocksOf(raw)
	if err != nil {
		return template.HTML(unknown("blocks", raw)) //nolint:gosec // escaped there
	}
	var b strings.Builder
	for i, each := range all {
		b.WriteString(r.block(each, sources[i], in))
	}
	return template.HTML(b.String()) //nolint:gosec // everything that people wrote went through html.EscapeString
}

func (r Renderer) block(b block, source json.RawMessage, in Filled) string {
	switch b.Type {
	case "section":
		return r.section(b, in)
	case "header":
		return `<h3 class="header">` + r.rawText(b.Text) + `</h3>`
	case "context":
		return `<div class="context">` + r.elements(b, in) + `</div>`
	case "actions":
		return `<div class="actions">` + r.elements(b, in) + `</div>`
	case "divider":
		return `<hr>`
	case "image":
		return `<figure><figcaption>` + r.text(b.Title) + `</figcaption><span class="image">` + escaped(b.AltText) + `</span></figure>`
	case "markdown":
		var text string
		_ = json.Unmarshal(b.Text, &text) // anything else has no words
		return `<p class="text">` + string(r.Mrkdwn(text)) + `</p>`
	case "input":
		return r.input(b, in)
	}
	return unknown(b.Type, source)
}

func (r Renderer) section(b block, in Filled) string {
	var s strings.Builder
	s.WriteString(`<div class="section"><div>`)
	if len(b.Text) > 0 {
		s.WriteString(`<p class="text">` + r.rawText(b.Text) + `</p>`)
	}
	for _, field := range b.Fields {
		s.WriteString(`<p class="field">` + r.text(field) + `</p>`)
	}
	s.WriteString(`</div>`)
	if len(b.Accessory) > 0 {
		s.WriteString(r.element(b.BlockID, b.Accessory, in))
	}
	s.WriteString(`</div>`)
	return s.String()
}

func (r Renderer) elements(b block, in Filled) string {
	var s strings.Builder
	for _, element := range b.Elements {
		s.WriteString(r.element(b.BlockID, element, in))
	}
	return s.String()
}

// input draws a field with its label, its hint, and what is wrong with it.
func (r Renderer) input(b block, in Filled) string {
	var e element
	_ = json.Unmarshal(b.Element, &e) // what cannot be read is drawn as unknown
	id := fieldID(b.BlockID, e.ActionID)
	var s strings.Builder
	s.WriteString(`<div class="input"><label for="` + escaped(id) + `">` + r.text(b.Label))
	if b.Optional {
		s.WriteString(` <span class="quiet">(optional)</span>`)
	}
	s.WriteString(`</label>` + r.element(b.BlockID, b.Element, in))
	if wrong := in.Errors[b.BlockID]; wrong != "" {
		s.WriteString(`<p class="wrong" role="alert">` + escaped(wrong) + `</p>`)
	}
	if b.Hint.Text != "" {
		s.WriteString(`<p class="hint">` + r.text(b.Hint) + `</p>`)
	}
	s.WriteString(`</div>`)
	return s.String()
}

func (r Renderer) rawText(raw json.RawMessage) string {
	var t textObject
	if json.Unmarshal(raw, &t) != nil {
		return escaped(string(raw))
	}
	return r.text(t)
}

func (r Renderer) text(t textObject) string {
	if t.Type == "mrkdwn" {
		return string(r.Mrkdwn(t.Text))
	}
	return strings.ReplaceAll(escaped(resolved(t.Text)), "\n", "<br>")
}

// words are a text without its mark-up, for an attribute.
func words(t textObject) string { return escaped(resolved(t.Text)) }

// unknown draws what there is no drawing of.
func unknown(name string, source json.RawMessage) string {
	var pretty bytes.Buffer
	if json.Indent(&pretty, source, "", "  ") != nil {
		pretty.Write(source)
	}
	return `<div class="unknown" role="alert"><strong>⚠️ This page cannot draw “` + escaped(name) + `”. Slack may.</strong><pre>` +
		escaped(pretty.String()) + `</pre></div>`
}
