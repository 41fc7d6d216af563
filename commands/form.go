package commands

import (
	"linqbot/linq"
)

// OpensForm reports whether the text after /linq-remove leaves something to be picked: the chat and
// the people, or, where it is a chat id alone, the people.
func OpensForm(text string) (chat string, opens bool) {
	if refuseLongText(text) != nil {
		return "", false
	}
	cleaned := cleanTyped(text)
	if cleaned == "" {
		return "", true
	}
	id, err := linq.ParseChatID(insidePairs(cleaned))
	if err != nil {
		return "", false
	}
	return id.String(), true
}

// FormOpens goes with the form: where it does not open, it says how to do without.
func FormOpens() Answer {
	return Answer{Say("Pick the chat and the people in the form that opens. It can also be typed."), RemoveUsage()}
}
