package forecast

import (
	"fmt"
	"slices"

	"linqbot/commands/parse"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// Names lists people, whole.
func Names(people []parse.ParsedHandle) richtext.Text {
	var each richtext.Text
	for _, who := range people {
		each = append(each, name(who))
	}
	return richtext.AllOf(each)
}

func name(who parse.ParsedHandle) richtext.Span { return richtext.Name(who.International) }

func ownLine(kind ledger.Kind, who parse.ParsedHandle) richtext.Text {
	if kind == ledger.Add {
		return richtext.Say("%s is your own line, and linqbot only adds other people, so that will be refused.", name(who))
	}
	return richtext.Say("%s is your own line, and linqbot only removes other people, so that will be refused.", name(who))
}

// headcount says how many people are in a chat, and how many would be after a change by so many.
func headcount(chat linq.Chat, change int) richtext.Text {
	active := chat.Active()
	in := fmt.Sprintf("%d people are in it now", len(active))
	if len(active) == 1 {
		in = "1 person is in it now"
	}
	if slices.ContainsFunc(active, func(p linq.Participant) bool { return p.IsMe }) {
		in += ", your line included"
	}
	after := len(active) + change
	switch {
	case change > 0:
		return richtext.Say("%s; it would be %s.", in, fmt.Sprint(after))
	case after == 0:
		return richtext.Say("%s; nobody would stay.", in)
	default:
		return richtext.Say("%s; %s would stay.", in, fmt.Sprint(after))
	}
}
