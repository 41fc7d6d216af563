package blocks

import (
	"fmt"
	"strings"
)

// elements checks the elements of one block, whose action ids must differ.
func (c *checker) elements(at string, elements []Node) {
	ids := make(map[string]bool)
	for i, e := range elements {
		place := fmt.Sprintf("%s.elements[%d]", at, i)
		c.element(place, e)
		id := e.Text("action_id")
		if id != "" && ids[id] {
			c.add(place+".action_id", "used twice")
		}
		ids[id] = true
	}
}

// element checks something to press or fill in against reference/block-kit/block-elements.
func (c *checker) element(at string, e Node) {
	c.atMost(at+".action_id", e.Text("action_id"), 255)
	if e.Has("placeholder") {
		c.plain(at+".placeholder", e.Child("placeholder"), 150)
	}
	if e.Has("confirm") {
		c.confirm(at+".confirm", e.Child("confirm"))
	}
	switch kind := e.Text("type"); {
	case kind == "button":
		c.button(at, e)
	case kind == "image":
		c.image(at, e)
	case kind == "overflow":
		c.options(at, e, 5)
	case kind == "radio_buttons", kind == "checkboxes":
		c.options(at, e, 10)
	case kind == "static_select", kind == "multi_static_select":
		c.staticSelect(at, e)
	case strings.HasSuffix(kind, "_select"), strings.HasSuffix(kind, "_input"), strings.HasSuffix(kind, "picker"), kind == "workflow_button":
	default:
		c.add(at+".type", fmt.Sprintf("unsupported type %q", kind))
	}
}

func (c *checker) button(at string, e Node) {
	c.plain(at+".text", e.Child("text"), 75)
	c.atMost(at+".value", e.Text("value"), 2000)
	c.atMost(at+".url", e.Text("url"), 3000)
	if e.Has("style") {
		c.oneOf(at+".style", e.Text("style"), "primary", "danger")
	}
}

// confirm checks the question that Slack asks before a press counts.
func (c *checker) confirm(at string, q Node) {
	c.plain(at+".title", q.Child("title"), 100)
	c.words(at+".text", q.Child("text"), 300)
	c.plain(at+".confirm", q.Child("confirm"), 30)
	c.plain(at+".deny", q.Child("deny"), 30)
}

func (c *checker) staticSelect(at string, e Node) {
	groups := e.Children("option_groups")
	if len(groups) == 0 {
		c.options(at, e, 100)
		return
	}
	c.count(at+".option_groups", len(groups), 1, 100)
	for i, group := range groups {
		place := fmt.Sprintf("%s.option_groups[%d]", at, i)
		c.plain(place+".label", group.Child("label"), 75)
		c.options(place, group, 100)
	}
}

// options checks a list of options. Some pages allow 150 characters in a value; 75 are safe.
func (c *checker) options(at string, e Node, most int) {
	options := e.Children("options")
	c.count(at+".options", len(options), 1, most)
	for i, option := range options {
		place := fmt.Sprintf("%s.options[%d]", at, i)
		c.words(place+".text", option.Child("text"), 75)
		c.required(place+".value", option.Text("value"), 75)
		if option.Has("description") {
			c.words(place+".description", option.Child("description"), 75)
		}
	}
}
