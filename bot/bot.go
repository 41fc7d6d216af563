// Package bot is the edge to Slack: routes, the signature check, decoding, acks, rendering, posting.
// It knows HTTP and Slack, and decides nothing about removals.
package bot

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"
	"github.com/sirupsen/logrus"

	"linqbot/commands"
)

// Command is what a slash command means.
type Command interface {
	Run(ctx context.Context, in commands.Invocation) commands.Answer
}

// Config is what a [Bot] needs.
type Config struct {
	SigningSecrets []string                        // any of them may have signed
	Commands       map[string]Command              // by name, with the slash
	Teams          *Teams                          // whose requests are served
	Ready          func(ctx context.Context) error // whether work can be taken and done
	Logger         *logrus.Logger
}

// Bot serves Slack's requests.
type Bot struct {
	cfg      Config
	log      *logrus.Entry
	draining atomic.Bool
}

// New returns a bot. Serve [Bot.Handler] with [NewServer].
func New(cfg Config) *Bot {
	return &Bot{cfg: cfg, log: cfg.Logger.WithField("part", "bot")}
}

// Routes that the manifest and others name.
const (
	CommandsPath = "/slack/commands"
	HealthPath   = "/healthz"
	ReadyPath    = "/readyz"
)

// RemoveCommand is the name of the slash command that removes people, as the manifest has it.
const RemoveCommand = "/linq-remove"

// Handler serves all routes.
func (b *Bot) Handler() http.Handler {
	router := mux.NewRouter()
	router.Use(b.observe, b.contain)
	router.Handle(CommandsPath, b.signed(b.serveCommand)).Methods(http.MethodPost)
	router.HandleFunc(HealthPath, serveHealth).Methods(http.MethodGet, http.MethodHead)
	router.HandleFunc(ReadyPath, b.serveReady).Methods(http.MethodGet, http.MethodHead)
	return router
}

// Drain makes /readyz say that this process takes no more work. What still arrives is recorded.
func (b *Bot) Drain() { b.draining.Store(true) }

// NewServer returns a server with every timeout set: each request is small, and so is its answer.
func NewServer(addr string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
}

func serveHealth(w http.ResponseWriter, _ *http.Request) {
	writeText(w, http.StatusOK, "up")
}

func (b *Bot) serveReady(w http.ResponseWriter, r *http.Request) {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	if b.draining.Load() {
		writeText(w, http.StatusServiceUnavailable, "draining")
		return
	}
	if err := b.cfg.Ready(ctx); err != nil {
		b.log.WithError(err).Warn("not ready")
		writeText(w, http.StatusServiceUnavailable, "the ledger does not answer, or its workers do not run")
		return
	}
	writeText(w, http.StatusOK, "ready")
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // the client is gone if this fails
}
