// Package commandstest holds what the tests of commands and of the packages below it share: people, an
// in-memory Linq that works in a bubble of synctest, an audit that keeps what is denied, a request for everything
// that people can be told, and long texts. It knows no Slack. Begin with [NewLinq] and [Outcomes].
package commandstest

import (
	"io"

	"github.com/sirupsen/logrus"

	"linqbot/linq/linqtest"
)

// Our line, and the handles of people.
const (
	Line  = "+12025550100"
	Ada   = "+12025550132"
	Ben   = "+12025550143"
	Carla = "carla@example.com"
	Dan   = "+12025550165"
)

// RequestID names a request.
const RequestID = "0198f2c4-7a10-7c55-9d3e-3b5f00c0ffee"

// Group is a group chat of our line and the people.
func Group(people ...string) linqtest.Chat { return linqtest.Group("Spring launch", Line, people...) }

// Quiet is a logger that nobody reads.
func Quiet() *logrus.Logger {
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	return logger
}
