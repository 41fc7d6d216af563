package slackhtml

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html/template"
	"strings"

	"linqbot/cmd/linqbot/internal/slackmarkup"
)

// Blocks draws blocks. What is filled in shows in the fields among them.
func (r Renderer) Blocks(raw json.RawMessage, in Filled) template.HTML {
	all, err := slackmarkup.Blocks(raw)
	if err != nil {
		return template.HTML(unknown("blocks", raw)) //nolint:gosec // escaped there
	}
	var b strings.Builder
	for _, each := range all {
		b.WriteString(r.block(each, in))
	}
	return template.HTML(b.String()) //nolint:gosec // everything that people wrote went through html.EscapeString
}

func (r Renderer) block(b slackmarkup.Block, in Filled) string {
	switch b.Type {
	case "section":
		return r.section(b, in)
	case "header":
		return `<h3 class="header">` + r.optional(b.Text) + `</h3>`
	case "context":
		return `<div class="context">` + r.elements(b, in) + `</div>`
	case "actions":
		return `<div class="actions">` + r.elements(b, in) + `</div>`
	case "divider":
		return `<hr>`
	case "image":
		return `<figure><figcaption>` + r.text(b.Title) + `</figcaption><span class="image">` + escaped(b.AltText) + `</span></figure>`
	case "markdown":
		return `<p class="text">` + r.optional(b.Text) + `</p>`
	case "input":
		return r.input(b, in)
	}
	return unknown(b.Type, b.Source)
}

func (r Renderer) section(b slackmarkup.Block, in Filled) string {
	var s strings.Builder
	s.WriteString(`<div class="section"><div>`)
	if b.Text != nil {
		s.WriteString(`<p class="text">` + r.optional(b.Text) + `</p>`)
	}
	for _, field := range b.Fields {
		s.WriteString(`<p class="field">` + r.text(field) + `</p>`)
	}
	s.WriteString(`</div>`)
	if b.Accessory != nil {
		s.WriteString(r.element(b.BlockID, *b.Accessory, in))
	}
	s.WriteString(`</div>`)
	return s.String()
}

func (r Renderer) elements(b slackmarkup.Block, in Filled) string {
	var s strings.Builder
	for _, element := range b.Elements {
		s.WriteString(r.element(b.BlockID, element, in))
	}
	return s.String()
}

// input draws a field with its label, its hint, and what is wrong with it.
func (r Renderer) input(b slackmarkup.Block, in Filled) string {
	var e slackmarkup.Element // what is not there is drawn as unknown
	if b.Element != nil {
		e = *b.Element
	}
	id := fieldID(b.BlockID, e.ActionID)
	var s strings.Builder
	s.WriteString(`<div class="input"><label for="` + escaped(id) + `">` + r.text(b.Label))
	if b.Optional {
		s.WriteString(` <span class="quiet">(optional)</span>`)
	}
	s.WriteString(`</label>` + r.element(b.BlockID, e, in))
	if wrong := in.Errors[b.BlockID]; wrong != "" {
		s.WriteString(`<p class="wrong" role="alert">` + escaped(wrong) + `</p>`)
	}
	if b.Hint.Text != "" {
		s.WriteString(`<p class="hint">` + r.text(b.Hint) + `</p>`)
	}
	s.WriteString(`</div>`)
	return s.String()
}

func (r Renderer) optional(t *slackmarkup.TextObject) string {
	if t == nil {
		return ""
	}
	return r.text(*t)
}

// unknown draws what there is no drawing of.
func unknown(name string, source json.RawMessage) string {
	var pretty bytes.Buffer
	if json.Indent(&pretty, source, "", "  ") != nil {
		pretty.Write(source)
	}
	return `<div class="unknown" role="alert"><strong>⚠️ This page cannot draw “` + escaped(cmp.Or(name, "a block")) + `”. Slack may.</strong><pre>` +
		escaped(pretty.String()) + `</pre></div>`
}
