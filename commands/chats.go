package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sirupsen/logrus"

	"linqbot/commands/chatindex"
	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// FindChats is the command /linq-chats: it finds chats for people who do not know their ids.
type FindChats struct {
	gate  *policy.Gate
	book  *chatindex.Index
	log   *logrus.Entry
	tally policy.Outcomes
}

// FindChatsConfig is what [FindChats] needs.
type FindChatsConfig struct {
	Gate   *policy.Gate
	Book   *chatindex.Index
	Logger *logrus.Logger
	Tally  policy.Outcomes // optional; nil counts nothing
}

// NewFindChats returns the command.
func NewFindChats(cfg FindChatsConfig) *FindChats {
	return &FindChats{
		gate: cfg.Gate,
		book: cfg.Book, log: cfg.Logger.WithField("part", "commands"), tally: cfg.Tally,
	}
}

// chatsPerPage leaves room for the people of each chat.
const chatsPerPage = 8

// Run lists the group chats that match the words.
func (c *FindChats) Run(ctx context.Context, in invocation.Invocation) richtext.Answer {
	if parse.AsksForHelp(in.Text) {
		return c.help(ctx, in)
	}
	return c.page(ctx, in, 0)
}

// help is for those who may use the command, as the rest is.
func (c *FindChats) help(ctx context.Context, in invocation.Invocation) richtext.Answer {
	if _, denied, may := c.gate.Enter(ctx, ledger.ChatList, in.Caller()); !may {
		return denied
	}
	c.tally.Count(ledger.ChatList, "usage")
	return Help()
}

// More lists the next page. Everything it needs is in the click.
func (c *FindChats) More(ctx context.Context, click Click) richtext.Answer {
	shown, words, _ := strings.Cut(click.Subject, " ")
	from, err := strconv.Atoi(shown)
	if err != nil || from < 0 {
		from = 0
	}
	in := click.invocation()
	in.Text = words
	return c.page(ctx, in, from)
}

// Options finds chats for the search in the form. It returns none to people who may not search, and none while the
// chats are not known.
func (c *FindChats) Options(ctx context.Context, in invocation.Invocation) []linq.Chat {
	decision, _, may := c.gate.Enter(ctx, ledger.ChatSearch, in.Caller())
	if !may {
		return nil
	}
	words, ok := chatindex.ReadWords(in.Text)
	if !ok {
		c.tally.Count(ledger.ChatSearch, "usage")
		return nil
	}
	if !c.gate.KeepReading(ctx, ledger.ChatSearch, in.Caller(), decision.Rule, "", words) {
		return nil
	}
	found, err := c.book.Search(ctx, words)
	if err != nil {
		c.log.WithError(err).WithField("outcome", c.tally.Count(ledger.ChatSearch, "not_listed")).Warn("a search for chats found nothing: they are not listed yet")
		return nil
	}
	c.tally.Count(ledger.ChatSearch, "listed")
	return found
}

func (c *FindChats) page(ctx context.Context, in invocation.Invocation, from int) richtext.Answer {
	decision, denied, may := c.gate.Enter(ctx, ledger.ChatList, in.Caller())
	if !may {
		return denied
	}
	words, ok := chatindex.ReadWords(in.Text)
	if !ok {
		c.tally.Count(ledger.ChatList, "usage")
		return richtext.Answer{richtext.Say("That is too long to search for. Give part of the chat's name, or the number or e-mail address of someone in it.")}
	}
	if !c.gate.KeepReading(ctx, ledger.ChatList, in.Caller(), decision.Rule, "", words) {
		return nil
	}
	found, err := c.book.Search(ctx, words)
	if err != nil {
		c.log.WithError(err).WithField("outcome", c.tally.Count(ledger.ChatList, "not_listed")).Warn("the chats are not known")
		return richtext.Answer{notListed(err)}
	}
	c.tally.Count(ledger.ChatList, "listed")
	switch {
	case len(found) == 0 && words == "":
		return c.andMore(richtext.Answer{richtext.Say("Linq lists no group chat for this account.")})
	case len(found) == 0:
		return c.andMore(richtext.Answer{noMatch(words)})
	}
	if from >= len(found) {
		from = 0
	}
	to := min(from+chatsPerPage, len(found))
	answer := richtext.Answer{richtext.Say("%s", heading(words, from, to, len(found)))}
	for _, chat := range found[from:to] {
		text := describe(chat)
		if slices.ContainsFunc(chat.Active(), func(p linq.Participant) bool { return !p.IsMe }) {
			text = append(text, richtext.Button("Remove someone…", ActionPick, chat.ID.String()))
		}
		answer = append(answer, text)
	}
	if to < len(found) {
		answer = append(answer, richtext.Text{richtext.Button("More chats", ActionMore, strconv.Itoa(to)+" "+words)})
	}
	return c.andMore(answer)
}

// noMatch says by what chats are found. People who are used to Slack try a mention.
func noMatch(words string) richtext.Text {
	if unknown := parse.UnknownMention(words); len(unknown) > 0 {
		return richtext.Say("%s Give part of the chat's name, or the number or e-mail address of someone in it.", unknown)
	}
	none := richtext.Say("No group chat matches %s.", richtext.Quoted(words))
	if strings.HasPrefix(words, "@") || strings.Contains(words, " @") {
		return richtext.Say("%s linqbot cannot tell who a name in Slack is in Linq. Give part of the chat's name, or the number or e-mail address of someone in it.", none)
	}
	return richtext.Say("%s Try part of its name, or the number or e-mail address of someone in it.", none)
}

// andMore says that there may be more chats, if so.
func (c *FindChats) andMore(answer richtext.Answer) richtext.Answer {
	if !c.book.CutOff() {
		return answer
	}
	return append(answer, richtext.Say("%s Linq's list of chats is too long for linqbot, so some may be missing here. A chat that is missing can be named by its id.", string(richtext.MarkNeedsPerson)))
}

// notListed says why there is no list of chats. Most often Linq is only slow.
func notListed(err error) richtext.Text {
	refused, ok := errors.AsType[*linq.Error](err)
	switch {
	case ok && refused.NotLinqs():
		return richtext.Say("%s Linq has not listed the chats: something between linqbot and Linq answered in its place (HTTP %s). Try again in a minute; if it stays like this, someone who runs linqbot should check what stands between the two.",
			string(richtext.MarkNeedsPerson), fmt.Sprint(refused.HTTPStatus))
	case !ok || refused.Retriable():
		return richtext.Say("%s Linq has not listed the chats yet. Try again in a few seconds; if it stays like this, someone who runs linqbot should check that it reaches Linq.", string(richtext.MarkNeedsPerson))
	case refused.Unauthorized():
		return outcome.KeyNotAccepted().Text()
	}
	support := richtext.Say("someone who runs linqbot should ask Linq's support")
	if refused.TraceID != "" {
		support = richtext.Say("someone who runs linqbot should ask Linq's support about trace id %s", richtext.ID(refused.TraceID))
	}
	return richtext.Say("%s Linq refuses to list the chats (HTTP %s). If it stays like this, %s.", string(richtext.MarkNeedsPerson), fmt.Sprint(refused.HTTPStatus), support)
}

func heading(words string, from, to, all int) richtext.Text {
	some, match, that := fmt.Sprintf("%d group chats", all), "match", richtext.Text(nil)
	if all == 1 {
		some, match = "1 group chat", "matches"
	}
	if words != "" {
		that = richtext.Say(" %s %s", match, richtext.Quoted(words))
	}
	if from == 0 && to == all {
		return richtext.Say("%s%s.", some, that)
	}
	return richtext.Say("%s%s; here are %s to %s.", some, that, fmt.Sprint(from+1), fmt.Sprint(to))
}

// describe shows a chat to people: name, who is in it (masked), service, health, and its whole id.
func describe(chat linq.Chat) richtext.Text {
	const mostNamed = 5
	active := chat.Active()
	var mine, people richtext.Text
	others := 0
	masks := masksOf(active)
	for i, person := range active {
		switch {
		case person.IsMe && len(mine) == 0:
			mine = richtext.Say("your line")
		case len(people) < mostNamed:
			people = append(people, richtext.Span{Kind: richtext.Words, Value: masks[i]})
		default:
			others++
		}
	}
	if others > 0 {
		people = append(people, richtext.Span{Kind: richtext.Words, Value: fmt.Sprintf("%d more", others)})
	}
	facts := fmt.Sprintf("%d people", len(active))
	switch len(active) {
	case 0:
		facts = "nobody in it"
	case 1:
		facts = "1 person"
	}
	for _, fact := range []string{serviceWords(chat.Service), healthWords(chat.Health.Status)} {
		if fact != "" {
			facts += ", " + fact
		}
	}
	listed := richtext.AllOf(append(mine, people...))
	if len(listed) > 0 {
		listed = richtext.Say(": %s", listed)
	}
	name := chatName(chat)
	if name.Kind == richtext.Words {
		name.Value = "A" + strings.TrimPrefix(name.Value, "a")
	}
	return richtext.Say("%s (%s)%s. %s", name, facts, listed, richtext.ID(chat.ID.String()))
}

// masksOf masks people so that they can be told apart.
func masksOf(people []linq.Participant) []string {
	handles := make([]handle.Handle, len(people))
	for i, person := range people {
		handles[i] = person.Handle
	}
	return handle.MaskApart(handles)
}

// serviceWords names the service if it is one that is known: nothing of Linq's is said in words of ours.
func serviceWords(service string) string {
	switch service {
	case linq.ServiceIMessage, linq.ServiceSMS, linq.ServiceRCS:
		return service
	}
	return ""
}

// healthWords says what Linq thinks of a chat; "" for a judgement that is not documented.
func healthWords(status string) string {
	switch strings.ToUpper(status) {
	case "HEALTHY":
		return "healthy"
	case "AT_RISK":
		return "at risk"
	case "CRITICAL":
		return "in a critical state"
	case "OPTED_OUT":
		return "opted out"
	}
	return ""
}

// chatName names a chat, or says that it has no name.
func chatName(chat linq.Chat) richtext.Span { return outcome.ChatName(chat.DisplayName) }
