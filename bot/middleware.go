package bot

import (
	"context"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/sirupsen/logrus"
)

// requestIDKey is the context key of a request's logger.
type requestIDKey struct{}

// loggerOf returns the logger that names the request.
func (b *Bot) loggerOf(ctx context.Context) *logrus.Entry {
	if log, ok := ctx.Value(requestIDKey{}).(*logrus.Entry); ok {
		return log
	}
	return b.log
}

// observe gives each request an id, and logs its end: route, status and time; never its body,
// query or headers.
func (b *Bot) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		id := uuid.NewString()
		log := b.log.WithField("request_id", id)
		w.Header().Set("X-Request-Id", id)
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, log)))
		took := time.Since(began)
		b.acked(r.URL.Path, seen.status, took)
		level := levelOf(r.URL.Path, seen.status, took)
		if !log.Logger.IsLevelEnabled(level) {
			return
		}
		if anybodyCanCause(seen.status) {
			leftOut, ok := b.logLimit.Allow("served " + strconv.Itoa(seen.status))
			if !ok {
				return
			}
			if leftOut > 0 {
				log = log.WithField("left_out", leftOut)
			}
		}
		log.WithFields(logrus.Fields{
			"method": r.Method, "route": r.URL.Path, "status": seen.status,
			"took_ms": float64(took.Microseconds()) / 1000,
		}).Log(level, "request served")
	})
}

// slowAnswer is longer than an answer should take: Slack waits three times as long.
const slowAnswer = time.Second

// levelOf returns debug for probes, which come every few seconds, and for commands that were answered in time, which
// have a log line of their own. Everything else is info: refusals, slow answers, and all other routes.
func levelOf(route string, status int, took time.Duration) logrus.Level {
	switch {
	case route == HealthPath, route == ReadyPath, route == CommandsPath && status < http.StatusBadRequest && took <= slowAnswer:
		return logrus.DebugLevel
	}
	return logrus.InfoLevel
}

// acked reports how long an answer took. It leaves out refusals, which anybody can cause and which are fast: they
// would hide how long the others wait.
func (b *Bot) acked(route string, status int, took time.Duration) {
	refused := status >= http.StatusBadRequest && status < http.StatusInternalServerError
	if b.cfg.Acked != nil && !refused {
		b.cfg.Acked(route, took)
	}
}

// anybodyCanCause reports whether a status is one that a request without a signature can get.
func anybodyCanCause(status int) bool {
	return status >= http.StatusBadRequest && status < http.StatusInternalServerError || status == http.StatusServiceUnavailable
}

// contain keeps a panic to the request in which it happens.
func (b *Bot) contain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if cause := recover(); cause != nil {
				b.loggerOf(r.Context()).WithFields(logrus.Fields{"panic": cause, "stack": string(debug.Stack())}).
					Error("a request ended in a panic")
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
