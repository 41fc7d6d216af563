package commandstest

import (
	"fmt"
	"strings"

	"linqbot/commands/richtext"
)

// MarkedUp shows the kinds of a text's parts.
func MarkedUp(text richtext.Text) string {
	var b strings.Builder
	for _, span := range text {
		shown := richtext.Text{span}.String()
		switch span.Kind {
		case richtext.Words:
		case richtext.Strong:
			shown = "*" + shown + "*"
		case richtext.Code:
			shown = "`" + shown + "`"
		case richtext.Posted:
			shown = fmt.Sprintf("[%s](%s/%s)", shown, span.ChannelID, span.TS)
		default:
			shown = "[" + shown + "]"
		}
		b.WriteString(shown)
	}
	return b.String()
}
