package slackhtml

import (
	"encoding/json"
	"fmt"
	"strings"

	"linqbot/cmd/linqbot/internal/slackmarkup"
)

// Press is what a button carries as its value in the page, as JSON.
type Press struct {
	BlockID  string `json:"b"`
	ActionID string `json:"a"`
	Value    string `json:"v"`
}

// element draws what can stand in a row, beside a section or in a field.
func (r Renderer) element(blockID string, e slackmarkup.Element, in Filled) string {
	if said, ok := e.Said(); ok {
		return `<span>` + r.text(said) + `</span>`
	}
	switch e.Type {
	case "button":
		return r.button(blockID, e)
	case "image":
		return `<span class="image">` + escaped(e.AltText) + `</span>`
	case "static_select", "external_select", "multi_static_select", "multi_external_select":
		return r.selectMenu(blockID, e, in)
	case "plain_text_input":
		return textInput(blockID, e, in)
	case "checkboxes", "radio_buttons":
		return r.choices(blockID, e, in)
	}
	return unknown(e.Type, e.Source)
}

func (r Renderer) button(blockID string, e slackmarkup.Element) string {
	value, _ := json.Marshal(Press{BlockID: blockID, ActionID: e.ActionID, Value: e.Value}) // strings can be encoded
	ask := ""
	if e.Confirm != nil {
		ask = ` data-confirm="` + escaped(e.Confirm.Title.Text+"\n"+e.Confirm.Text.Text) + `"`
	}
	return `<button class="btn ` + escaped(e.Style) + `" name="press" value="` + escaped(string(value)) + `"` + ask + `>` + r.text(e.Text) + `</button>`
}

// fieldID is the id of a field in the page.
func fieldID(blockID, actionID string) string { return "f-" + blockID + "-" + actionID }

// selectMenu draws a select menu in which one searches. The options of an external one come from the bot.
func (r Renderer) selectMenu(blockID string, e slackmarkup.Element, in Filled) string {
	id, list := fieldID(blockID, e.ActionID), "l-"+blockID+"-"+e.ActionID
	picked := in.picked(blockID, e)
	multi := strings.HasPrefix(e.Type, "multi_")
	var s strings.Builder
	fmt.Fprintf(&s, `<div class="combo" data-block="%s" data-action="%s" data-external="%t" data-multi="%t">`,
		escaped(blockID), escaped(e.ActionID), strings.HasSuffix(e.Type, "external_select"), multi)
	s.WriteString(`<ul class="picked">`)
	for _, option := range picked {
		fmt.Fprintf(&s, `<li><span>%s</span><button type="button" data-unpick="%s" aria-label="Take out %s">×</button></li>`,
			r.text(option.Text), escaped(option.Value), words(option.Text))
	}
	fmt.Fprintf(&s, `</ul><input type="text" role="combobox" id="%s" aria-expanded="false" aria-controls="%s" aria-autocomplete="list" autocomplete="off" placeholder="%s">`,
		escaped(id), escaped(list), words(e.Placeholder))
	fmt.Fprintf(&s, `<ul role="listbox" id="%s" aria-label="%s" aria-multiselectable="%t" hidden>%s</ul></div>`,
		escaped(list), words(e.Placeholder), multi, r.Options(list, e.Options, picked))
	return s.String()
}

func textInput(blockID string, e slackmarkup.Element, in Filled) string {
	id := escaped(fieldID(blockID, e.ActionID))
	value := in.text(blockID, e)
	limit := ""
	if e.MaxLength > 0 {
		limit = fmt.Sprintf(` maxlength="%d"`, e.MaxLength)
	}
	common := fmt.Sprintf(`id="%s" name="text:%s" placeholder="%s"%s`, id, escaped(key(blockID, e.ActionID)), words(e.Placeholder), limit)
	if e.Multiline {
		return `<textarea rows="5" ` + common + `>` + escaped(value) + `</textarea>`
	}
	return `<input type="text" autocomplete="off" ` + common + ` value="` + escaped(value) + `">`
}

// choices draws check boxes and radio buttons.
func (r Renderer) choices(blockID string, e slackmarkup.Element, in Filled) string {
	kind := "checkbox"
	if e.Type == "radio_buttons" {
		kind = "radio"
	}
	var s strings.Builder
	s.WriteString(`<div class="choices" role="group" id="` + escaped(fieldID(blockID, e.ActionID)) + `">`)
	for _, option := range e.Options {
		checked := ""
		if contains(in.picked(blockID, e), option.Value) {
			checked = " checked"
		}
		fmt.Fprintf(&s, `<label><input type="%s" name="pick:%s" value="%s"%s> %s</label>`,
			kind, escaped(key(blockID, e.ActionID)), escaped(option.Value), checked, r.text(option.Text))
	}
	s.WriteString(`</div>`)
	return s.String()
}
