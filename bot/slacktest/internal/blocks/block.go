package blocks

import "fmt"

// maxWords is the limit of any text object that has no lower one.
const maxWords = 3000

// block checks one block against reference/block-kit/blocks. Of the types that bots seldom write,
// only the name is checked.
func (c *checker) block(at string, b Node) {
	switch kind := b.Text("type"); kind {
	case "section":
		c.section(at, b)
	case "header":
		c.plain(at+".text", b.Child("text"), 150)
	case "context":
		elements := b.Children("elements")
		c.count(at+".elements", len(elements), 1, 10)
		for i, e := range elements {
			c.contextElement(fmt.Sprintf("%s.elements[%d]", at, i), e)
		}
	case "actions":
		elements := b.Children("elements")
		c.count(at+".elements", len(elements), 1, 25)
		c.elements(at, elements)
	case "image":
		c.image(at, b)
	case "input":
		c.plain(at+".label", b.Child("label"), 2000)
		c.element(at+".element", b.Child("element"))
	case "markdown":
		c.required(at+".text", b.Text("text"), 12000)
	case "divider", "rich_text", "video", "file", "table", "call", "context_actions":
	default:
		c.add(at+".type", fmt.Sprintf("unsupported type %q", kind))
	}
}

func (c *checker) section(at string, b Node) {
	fields := b.Children("fields")
	if !b.Has("text") && len(fields) == 0 {
		c.add(at, "neither text nor fields")
	}
	if b.Has("text") {
		c.words(at+".text", b.Child("text"), maxWords)
	}
	c.count(at+".fields", len(fields), 0, 10)
	for i, field := range fields {
		c.words(fmt.Sprintf("%s.fields[%d]", at, i), field, 2000)
	}
	if b.Has("accessory") {
		c.element(at+".accessory", b.Child("accessory"))
	}
}

func (c *checker) contextElement(at string, e Node) {
	if e.Text("type") == "image" {
		c.image(at, e)
		return
	}
	c.words(at, e, maxWords)
}

func (c *checker) image(at string, b Node) {
	c.required(at+".alt_text", b.Text("alt_text"), 2000)
	c.atMost(at+".image_url", b.Text("image_url"), 3000)
	if !b.Has("image_url") && !b.Has("slack_file") {
		c.add(at, "neither image_url nor slack_file")
	}
}
