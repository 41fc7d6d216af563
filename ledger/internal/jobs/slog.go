package jobs

import (
	"context"
	"log/slog"
	"strings"

	"github.com/sirupsen/logrus"

	"linqbot/ledger/internal/outage"
)

// logrusHandler hands what River logs to the project's logger.
type logrusHandler struct {
	entry *logrus.Entry
	lost  *outage.Log
}

func (h logrusHandler) Enabled(_ context.Context, level slog.Level) bool {
	return h.entry.Logger.IsLevelEnabled(logrusLevel(level))
}

func (h logrusHandler) Handle(ctx context.Context, record slog.Record) error {
	fields := make(logrus.Fields, record.NumAttrs())
	trouble := ""
	record.Attrs(func(attr slog.Attr) bool {
		fields[attr.Key] = attr.Value.Resolve().Any()
		if strings.HasPrefix(attr.Key, "err") || strings.HasPrefix(attr.Key, "panic") {
			trouble += attr.Value.Resolve().String()
		}
		return true
	})
	if record.Level >= slog.LevelWarn && h.lost.Takes(trouble) {
		return nil
	}
	h.entry.WithContext(ctx).WithFields(fields).Log(logrusLevel(record.Level), record.Message)
	return nil
}

func (h logrusHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	fields := make(logrus.Fields, len(attrs))
	for _, attr := range attrs {
		fields[attr.Key] = attr.Value.Resolve().Any()
	}
	return logrusHandler{entry: h.entry.WithFields(fields), lost: h.lost}
}

func (h logrusHandler) WithGroup(string) slog.Handler { return h }

// logrusLevel takes River's info for debug: what it tells there is its own housekeeping.
func logrusLevel(level slog.Level) logrus.Level {
	switch {
	case level >= slog.LevelError:
		return logrus.ErrorLevel
	case level >= slog.LevelWarn:
		return logrus.WarnLevel
	default:
		return logrus.DebugLevel
	}
}
