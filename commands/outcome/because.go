package outcome

import (
	"strings"

	"linqbot/commands/richtext"
	"linqbot/linq/handle"
)

// Because shows the reason that a person gave for a request. It stands as a thing to copy: nothing in it can ping,
// link or format. Numbers in it are masked as those in a chat's name are.
func (e Explainer) Because(reason string) richtext.Text {
	if !e.FullHandles {
		reason = handle.MaskText(reason)
	}
	return richtext.Say("Reason: %s", richtext.ID(strings.ReplaceAll(reason, "\n", " ")))
}
