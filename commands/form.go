package commands

// FormOpens goes with the form: where it does not open, it says how to do without.
func FormOpens() Answer {
	return Answer{Say("Pick the chat and the people in the form that opens. It can also be typed."), RemoveUsage()}
}
