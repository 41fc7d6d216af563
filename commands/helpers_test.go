package commands_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"linqbot/commands/chatindex"
	"linqbot/commands/commandstest"
	"linqbot/commands/policy"
	"linqbot/commands/reconcile"
	"linqbot/commands/richtext"
	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

const (
	line  = commandstest.Line
	ada   = commandstest.Ada
	ben   = commandstest.Ben
	carla = commandstest.Carla
	dan   = commandstest.Dan

	chatID    = commandstest.ChatID
	traceID   = commandstest.TraceID
	requestID = commandstest.RequestID
)

func quiet() *logrus.Logger { return commandstest.Quiet() }

func group(people ...string) linqtest.Chat { return commandstest.Group(people...) }

// accountLines lists our lines without a call.
type accountLines []linq.PhoneNumber

func (l accountLines) PhoneNumbers(context.Context) ([]linq.PhoneNumber, error) { return l, nil }

// knownLines are those of an account whose one line is known.
func knownLines() *reconcile.OwnLines {
	return reconcile.NewOwnLines(reconcile.OwnLinesConfig{Reader: accountLines{{Number: handle.New(line)}}, Logger: quiet()})
}

func markedUp(text richtext.Text) string { return commandstest.MarkedUp(text) }

// clientOf calls a Linq that is served on a real port.
func clientOf(tb testing.TB, server *linqtest.Linq) *linq.Client {
	tb.Helper()
	return commandstest.ClientOf(tb, server)
}

// bookOf is an index of the chats, read through the real client.
func bookOf(tb testing.TB, region string, chats ...linqtest.Chat) *chatindex.Index {
	tb.Helper()
	server := linqtest.Start(tb, linqtest.Config{Chats: chats})
	return chatindex.New(chatindex.Config{Lister: clientOf(tb, server), Region: region})
}

// slowBook is an index of a Linq with one chat, in a bubble of synctest.
func slowBook(t *testing.T) (*commandstest.Linq, *chatindex.Index) {
	t.Helper()
	server := commandstest.NewLinq(t, linqtest.Config{})
	server.AddChat(group(ada, ben, carla))
	return server, chatindex.New(chatindex.Config{Lister: server.Client, Region: "US"})
}

func manyChats(count int) []linqtest.Chat { return commandstest.ManyChats(count) }

// gate returns a gate that logs nothing.
func gate(rules policy.Policy, audit policy.Audit) *policy.Gate {
	return policy.NewGate(policy.GateConfig{Policy: rules, Audit: audit})
}

func anyone() policy.Policy { return policy.Policy{Everyone: true} }

func shownAnswer(answer richtext.Answer) string {
	var texts []string
	for _, text := range answer {
		texts = append(texts, markedUp(text))
	}
	return strings.Join(texts, "\n")
}
