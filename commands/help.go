package commands

import (
	"strings"
	"unicode"
)

// Help says what linqbot can do, with examples.
func Help() Answer {
	answer := Answer{
		Say("linqbot takes people out of Linq group chats, and says in a thread what came of it."),
		Say("%s removes a person: the handle is their phone number, written as you would dial it, or their e-mail address. Put commas between several people.",
			ID("/linq-remove <chatId> <handle>")),
	}
	answer = append(answer, otherWays()...)
	return append(answer,
		Say("In a workflow, add the step %s.", Name("Remove a Linq participant")),
		Say("For 24 hours after a removal, the button %s, in its thread and in the Home tab, takes it back.", Name("Add back")),
		Say("For example: %s.", ID("/linq-remove "+exampleChat+" "+exampleNumber)))
}

// otherWays are those for people without chat ids.
func otherWays() Answer {
	return Answer{
		Say("%s alone opens a form in which you pick the chat and the people; with a chat id alone, only the people.", ID("/linq-remove")),
		Say("%s lists the group chats that match, with their ids.", ID("/linq-chats [words or number]")),
		Say("In a thread, where Slack runs no commands, open the menu of a message and choose %s.", Name("Remove from Linq chat…")),
	}
}

// isWord reports whether text is a word of a language rather than an id.
func isWord(text string) bool {
	return text != "" && strings.IndexFunc(text, func(c rune) bool { return !unicode.IsLetter(c) }) < 0
}
