package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"linqbot/commands/chatindex"
	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// byName answers a command that has a chat's name in the place of its id: with the chats that match, each with
// the command to copy. Nothing is done, since a name may be another chat's tomorrow. It returns false if no
// chat matches.
func (c *typed) byName(ctx context.Context, in invocation.Invocation, rule string) (answer richtext.Answer, answered bool) {
	named, ok := parse.ChatByName(in.Text, c.region)
	if c.book == nil || !ok {
		return nil, false
	}
	words, ok := chatindex.ReadWords(named.Words)
	if !ok {
		return nil, false
	}
	if !c.gate.KeepReading(ctx, ledger.ChatList, in.Caller(), rule, "", words) {
		return nil, true
	}
	found, err := c.book.Search(ctx, words)
	if err != nil {
		c.log.WithError(err).WithField("delivery", in.Delivery).Warn("the chats are not known")
		return richtext.Answer{richtext.Say("%s: a chat is named by its id. Linq did not list the chats just now, so linqbot cannot look for %s. Try again in a moment, or give the id.",
			strings.TrimSuffix(outcome.NothingDone(c.kind), "."), richtext.Quoted(words))}, true
	}
	if len(found) == 0 {
		return nil, false
	}
	near := named
	if c.kind == ledger.Add { // a person to be added need not be in it
		near.People = nil
	}
	slices.SortStableFunc(found, func(a, b linq.Chat) int { return distance(near, a) - distance(near, b) })
	return c.offered(named, words, found), true
}

// distance is the smaller, the more likely a chat is the one that is meant: it has just this name, or the people are in it.
func distance(named parse.NamedChat, chat linq.Chat) int {
	far := 0
	if !strings.EqualFold(strings.TrimSpace(chat.DisplayName), named.Words) {
		far++
	}
	for _, person := range named.People {
		if listed, ok := chat.Find(person.Handle); !ok || !listed.Active() {
			return far + 1
		}
	}
	return far
}

// offered lists chats with the command for each.
func (c *typed) offered(named parse.NamedChat, words string, found []linq.Chat) richtext.Answer {
	const most = 5
	shown := found[:min(len(found), most)]
	nothing := strings.TrimSuffix(outcome.NothingDone(c.kind), ".")
	orPress, hasForm := ", or press its button", c.kind == ledger.Remove
	if !hasForm {
		orPress = ""
	}
	some, match, next := fmt.Sprintf("%d group chats", len(found)), "match", "Copy the command below the one that you mean"
	if len(found) == 1 {
		some, match, next = "1 group chat", "matches", "If it is the one that you mean, copy the command below it"
	}
	answer := richtext.Answer{richtext.Say("%s: a chat is named by its id. %s %s %s. %s%s.", nothing, some, match, richtext.Quoted(words), next, orPress)}
	if named.Wrong != nil {
		answer = append(answer, named.Wrong.Why)
	}
	for _, chat := range shown {
		text := describe(chat)
		if hasForm && slices.ContainsFunc(chat.Active(), func(p linq.Participant) bool { return !p.IsMe }) {
			text = append(text, richtext.Button("Remove someone…", ActionPick, chat.ID.String()))
		}
		answer = append(answer, text, richtext.Say("%s", richtext.ID(named.Command(c.name(), chat.ID.String()))))
	}
	if len(found) > len(shown) {
		answer = append(answer, richtext.Say("These are the first %s. %s lists all.", fmt.Sprint(len(shown)), richtext.ID("/linq-chats "+words)))
	}
	return answer
}
