package commands

import (
	"linqbot/commands/parse"
	"linqbot/commands/richtext"
)

// formOpens goes with the form: where it does not open, it says how to do without.
func formOpens() richtext.Answer {
	return richtext.Answer{richtext.Say("Pick the chat and the people in the form that opens. It can also be typed."), parse.RemoveUsage()}
}
