package bot

import (
	"context"
	"net/http"
	"runtime/debug"
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
		level := logrus.InfoLevel
		if r.URL.Path == HealthPath || r.URL.Path == ReadyPath {
			level = logrus.DebugLevel // a probe each few seconds drowns everything else
		}
		log.WithFields(logrus.Fields{
			"method": r.Method, "route": r.URL.Path, "status": seen.status,
			"took_ms": float64(time.Since(began).Microseconds()) / 1000,
		}).Log(level, "request served")
	})
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
