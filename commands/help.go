package commands

import (
	"linqbot/commands/parse"
	"linqbot/commands/richtext"
)

// Help says what linqbot can do, with examples.
func Help() richtext.Answer {
	answer := richtext.Answer{
		richtext.Say("linqbot takes people out of Linq group chats, and says in a thread what came of it."),
		richtext.Say("%s removes a person: the handle is their phone number, written as you would dial it, or their e-mail address. Put commas between several people.",
			richtext.ID("/linq-remove <chatId> <handle>")),
	}
	answer = append(answer, richtext.Say("%s takes a person out of every group chat: it shows you which, and does nothing before you say yes.", richtext.ID("/linq-offboard <handle>")))
	answer = append(answer, otherWays()...)
	return append(answer,
		richtext.Say("%s adds a person, where whoever runs linqbot lets people do that; %s says more.", richtext.ID("/linq-add <chatId> <handle>"), richtext.ID("/linq-add help")),
		becauseAndDryRun(),
		richtext.Say("In a workflow, add the step %s.", richtext.Name("Remove a Linq participant")),
		richtext.Say("For 24 hours after a removal, the button %s, in its thread and in the Home tab, takes it back.", richtext.Name("Add back")),
		richtext.Say("For example: %s.", richtext.ID("/linq-remove "+parse.ExampleChat+" "+parse.ExampleNumber)))
}

// addHelp says how people are added, with an example.
func addHelp() richtext.Answer {
	return richtext.Answer{
		richtext.Say("%s adds a person to a Linq group chat: the handle is their phone number, written as you would dial it, or their e-mail address. Put commas between several people.",
			richtext.ID("/linq-add <chatId> <handle>")),
		richtext.Say("There is no form for it. %s lists the group chats that match, with their ids.", richtext.ID("/linq-chats [words or number]")),
		richtext.Say("Linq adds people to groups of at least 3, and only those who can be reached on the service that the group runs on."),
		becauseAndDryRun(),
		richtext.Say("In a workflow, add the step %s.", richtext.Name("Add a Linq participant")),
		richtext.Say("For example: %s.", richtext.ID("/linq-add "+parse.ExampleChat+" "+parse.ExampleNumber)),
	}
}

// becauseAndDryRun says what every command takes.
func becauseAndDryRun() richtext.Text {
	return richtext.Say("%s after the people says why, in the thread and in the audit. %s anywhere in the line shows what would happen, and does nothing.",
		richtext.ID("because …"), richtext.ID(parse.DryRunFlag))
}

// ShortHelp is for a place where people look for something else.
func ShortHelp() richtext.Answer {
	return richtext.Answer{
		richtext.Say("%s removes a person from a group chat; alone, it opens a form.", richtext.ID("/linq-remove <chatId> <handle>")),
		richtext.Say("%s takes a person out of every group chat, after a question.", richtext.ID("/linq-offboard <handle>")),
		richtext.Say("%s finds chats by name, number or e-mail address.", richtext.ID("/linq-chats [words or number]")),
		richtext.Say("%s says what else linqbot can do.", richtext.ID("/linq-remove help")),
	}
}

// otherWays are those for people without chat ids.
func otherWays() richtext.Answer {
	return richtext.Answer{
		richtext.Say("%s alone opens a form in which you pick the chat and the people; with a chat id alone, only the people.", richtext.ID("/linq-remove")),
		richtext.Say("%s lists the group chats that match, with their ids.", richtext.ID("/linq-chats [words or number]")),
		richtext.Say("In a thread, where Slack runs no commands, open the menu of a message and choose %s.", richtext.Name("Remove from Linq chat…")),
	}
}
