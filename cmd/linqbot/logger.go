package main

import (
	"io"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/linq/redact"
)

func newLogger(cfg settings, w io.Writer) *logrus.Logger {
	logger := logrus.New()
	logger.SetOutput(w)
	configureLogger(logger, cfg)
	return logger
}

func configureLogger(logger *logrus.Logger, cfg settings) {
	logger.SetLevel(cfg.logLevel)
	var formatter logrus.Formatter = &inertJSON{logrus.JSONFormatter{TimestampFormat: time.RFC3339Nano}}
	if cfg.logText {
		formatter = &inertText{logrus.TextFormatter{FullTimestamp: true}}
	}
	logger.SetFormatter(withoutSecrets{Formatter: formatter, secrets: cfg.secrets()})
}

// withoutSecrets is a formatter that takes the secrets out of each line: not only linqbot's own parts
// log, and what they were told by others is not theirs to judge.
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
	entry.Message = printable(strings.TrimSuffix(entry.Message, "\n"))
	return f.TextFormatter.Format(entry)
}

// inertJSON is a formatter of logs for machines, which people look at in terminals too.
type inertJSON struct{ logrus.JSONFormatter }

func (f *inertJSON) Format(entry *logrus.Entry) ([]byte, error) {
	line, err := f.JSONFormatter.Format(entry)
	return inert(line), err
}
