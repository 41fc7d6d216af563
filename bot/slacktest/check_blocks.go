package slacktest

import "fmt"

// maxWords is the limit of any text object that has no lower one.
const maxWords = 3000

// block checks one block against reference/block-kit/blocks. Of the types that bots seldom write,
// only the name is checked.
func (c *checker) block(at string, b node) {
	switch kind := b.text("type"); kind {
	case "section":
		c.section(at, b)
	case "header":
		c.plain(at+".text", b.child("text"), 150)
	case "context":
		elements := b.children("elements")
		c.count(at+".elements", len(elements), 1, 10)
		for i, e := range elements {
			c.contextElement(fmt.Sprintf("%s.elements[%d]", at, i), e)
		}
	case "actions":
		elements := b.children("elements")
		c.count(at+".elements", len(elements), 1, 25)
		c.elements(at, elements)
	case "image":
		c.image(at, b)
	case "input":
		c.plain(at+".label", b.child("label"), 2000)
		c.element(at+".element", b.child("element"))
	case "markdown":
		c.required(at+".text", b.text("text"), 12000)
	case "divider", "rich_text", "video", "file", "table", "call", "context_actions":
	default:
		c.add(at+".type", fmt.Sprintf("unsupported type %q", kind))
	}
}

func (c *checker) section(at string, b node) {
	fields := b.children("fields")
	if !b.has("text") && len(fields) == 0 {
		c.add(at, "neither text nor fields")
	}
	if b.has("text") {
		c.words(at+".text", b.child("text"), maxWords)
	}
	c.count(at+".fields", len(fields), 0, 10)
	for i, field := range fields {
		c.words(fmt.Sprintf("%s.fields[%d]", at, i), field, 2000)
	}
	if b.has("accessory") {
		c.element(at+".accessory", b.child("accessory"))
	}
}

func (c *checker) contextElement(at string, e node) {
	if e.text("type") == "image" {
		c.image(at, e)
		return
	}
	c.words(at, e, maxWords)
}

func (c *checker) image(at string, b node) {
	c.required(at+".alt_text", b.text("alt_text"), 2000)
	c.atMost(at+".image_url", b.text("image_url"), 3000)
	if !b.has("image_url") && !b.has("slack_file") {
		c.add(at, "neither image_url nor slack_file")
	}
}
