package commandstest

import (
	"fmt"
	"regexp"
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

// ShowsHandle reports whether a text has more of a number or an address in it than a mask leaves. Ids
// and dates count as numbers: take them out before.
func ShowsHandle(text string) bool {
	return regexp.MustCompile(`[0-9][0-9() .-]{5,}[0-9]|[A-Za-z0-9]@`).MatchString(text)
}
