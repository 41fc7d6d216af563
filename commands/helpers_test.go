package commands_test

import (
	"context"

	"github.com/sirupsen/logrus"

	"linqbot/commands/commandstest"
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
