package picture

import (
	"fmt"
	"unicode/utf8"

	"linqbot/cmd/linqbot/internal/slackmarkup"
)

func (d *drawing) block(b slackmarkup.Block) error {
	switch b.Type {
	case "section":
		return d.section(b)
	case "header":
		d.optional(b.Text, "name")
	case "markdown":
		d.optional(b.Text, "")
	case "context":
		return d.context(b)
	case "actions":
		return d.actions(b)
	case "divider":
		d.rect(d.x, d.y+gap/2, width-margin-d.x, 1, "bar")
		d.y += gap
	default:
		return fmt.Errorf("there is no drawing of a block of the type %q", b.Type)
	}
	return nil
}

func (d *drawing) optional(t *slackmarkup.TextObject, class string) {
	if t != nil {
		d.paragraph(d.reader.Text(*t), class)
	}
}

// section draws text, and what stands to the right of it.
func (d *drawing) section(b slackmarkup.Block) error {
	from := d.y
	if b.Accessory != nil {
		if b.Accessory.Type != "button" {
			return fmt.Errorf("there is no drawing of a %q beside a text", b.Accessory.Type)
		}
		d.right = widthOf(*b.Accessory)
		d.button(width-margin-d.right, from, *b.Accessory)
		d.right += gap
	}
	d.optional(b.Text, "")
	for _, field := range b.Fields {
		d.paragraph(d.reader.Text(field), "")
	}
	if b.Accessory != nil {
		d.right = 0
		d.y = max(d.y, from+buttonHeight+gap/2)
	}
	return nil
}

// context draws texts in a row, which goes on in the next line where it is too long.
func (d *drawing) context(b slackmarkup.Block) error {
	var row []slackmarkup.Run
	for i, e := range b.Elements {
		said, ok := e.Said()
		if !ok {
			return fmt.Errorf("there is no drawing of a %q in a context", e.Type)
		}
		if i > 0 {
			row = append(row, slackmarkup.Run{Text: "   "})
		}
		row = append(row, d.reader.Text(said)...)
	}
	d.paragraph(row, "quiet small")
	return nil
}

// actions draws buttons in a row.
func (d *drawing) actions(b slackmarkup.Block) error {
	x := d.x
	d.y += gap / 2
	for _, e := range b.Elements {
		if e.Type != "button" {
			return fmt.Errorf("there is no drawing of a %q to press", e.Type)
		}
		if x > d.x && x+widthOf(e) > width-margin {
			x = d.x
			d.y += buttonHeight + gap/2
		}
		d.button(x, d.y, e)
		x += widthOf(e) + gap
	}
	d.y += buttonHeight
	return nil
}

const buttonHeight = 28

func widthOf(e slackmarkup.Element) int {
	const perCharacter = 8
	return perCharacter*utf8.RuneCountInString(e.Text.Words()) + 2*gap
}

func (d *drawing) button(x, y int, e slackmarkup.Element) {
	box, label := "box", "name"
	if e.Style == "primary" || e.Style == "danger" {
		box, label = e.Style, "name "+e.Style
	}
	text := e.Text.Words()
	fmt.Fprintf(&d.body, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" class=\"%s\"/>\n", x, y, widthOf(e), buttonHeight, box)
	fmt.Fprintf(&d.body, "<text x=\"%d\" y=\"%d\" class=\"%s\" text-anchor=\"middle\">%s</text>\n", x+widthOf(e)/2, y+buttonHeight-9, label, escaped(text))
	d.said = append(d.said, "[ "+text+" ]")
}
