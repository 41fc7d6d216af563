// Package logging makes the logger. Its formatters take the secrets out of every line, also of libraries' lines, and
// leave nothing in it that a terminal would act on.
//
// Begin reading at [New].
package logging

import (
	"io"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/terminal"
	"linqbot/linq/redact"
)

// New returns a logger that writes to w.
func New(cfg config.Settings, w io.Writer) *logrus.Logger {
	logger := logrus.New()
	logger.SetOutput(w)
	Configure(logger, cfg)
	return logger
}

// Configure gives a logger the level, the format and the secrets of settings.
func Configure(logger *logrus.Logger, cfg config.Settings) {
	logger.SetLevel(cfg.LogLevel)
	var formatter logrus.Formatter = &inertJSON{logrus.JSONFormatter{TimestampFormat: time.RFC3339Nano}}
	if cfg.LogText {
		formatter = &inertText{logrus.TextFormatter{FullTimestamp: true}}
	}
	logger.SetFormatter(withoutSecrets{Formatter: formatter, secrets: cfg.Secrets()})
}

// withoutSecrets is a formatter that takes the secrets out of each line. Libraries log too, and
// linqbot's own parts log what others told them.
type withoutSecrets struct {
	logrus.Formatter
	secrets redact.Secrets
}

func (f withoutSecrets) Format(entry *logrus.Entry) ([]byte, error) {
	line, err := f.Formatter.Format(entry)
	return f.secrets.Bytes(line), err
}

// inertText is a formatter of logs for people. Where logrus colours a line it quotes the fields, and
// not the message.
type inertText struct{ logrus.TextFormatter }

func (f *inertText) Format(entry *logrus.Entry) ([]byte, error) {
	entry.Message = terminal.Printable(strings.TrimSuffix(entry.Message, "\n"))
	return f.TextFormatter.Format(entry)
}

// inertJSON is a formatter of logs for machines, which people look at in terminals too.
type inertJSON struct{ logrus.JSONFormatter }

func (f *inertJSON) Format(entry *logrus.Entry) ([]byte, error) {
	line, err := f.JSONFormatter.Format(entry)
	return terminal.Inert(line), err
}
