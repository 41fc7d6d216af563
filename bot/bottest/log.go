package bottest

import (
	"bytes"
	"sync"

	"github.com/sirupsen/logrus"
)

// Lines keeps a log, so that it can be read.
type Lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (l *Lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *Lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// NewLog logs everything as production does: in JSON.
func NewLog() (*logrus.Logger, *Lines) {
	log := new(Lines)
	logger := logrus.New()
	logger.SetOutput(log)
	logger.SetLevel(logrus.TraceLevel)
	logger.SetFormatter(new(logrus.JSONFormatter))
	return logger, log
}
