// Package slacktest is a Slack that runs in memory and behaves as the platform does: the Web API
// methods a bot needs, response URLs, slash commands with real signatures, rate limits, and faults
// on demand. Unit tests, end-to-end tests of the real binary and demonstrations talk to it over
// HTTP, drive the bot through it ([Slack.Send]) and read from it what a person would see
// ([Slack.Screen]).
//
// It shares no code with any Slack client, so that a client's mistakes do not cancel out here.
// Where Slack's behaviour is documented the doc comment names the page (below docs.slack.dev);
// where it is not, the fake takes the stricter reading.
//
// This package is the server and the people who use it. Below it, internal/workspace is what Slack
// remembers, internal/webapi what it answers to calls, internal/blocks its limits for blocks and
// views, and internal/render how messages look. Begin with [New], or with the example.
package slacktest

import (
	"net/http"
	"sync"

	"linqbot/bot/slacktest/internal/webapi"
	"linqbot/bot/slacktest/internal/workspace"

	"github.com/gorilla/mux"
)

// Slack is one workspace with one app, the bot, installed in it. It is an [http.Handler] that
// serves the Web API below /api/, response URLs below /response/ and uploads below /upload/; every method may be called
// from any goroutine.
type Slack struct {
	cfg    Config
	router http.Handler
	api    webapi.API
	client *http.Client

	mu      sync.Mutex // guards everything below
	state   *workspace.Workspace
	faults  faults
	journal []*Call
	sent    []*Delivery
	limits  limiter
	changed chan struct{} // closed and replaced at every change
	addr    string        // where Serve listened last
}

// New returns a workspace that holds the bot and nobody else. It listens only once [Slack.Serve]
// is called; before that, use it as a handler.
func New(cfg Config) *Slack {
	cfg = cfg.withDefaults()
	s := &Slack{
		cfg:     cfg,
		api:     webapi.New(),
		client:  newClient(cfg),
		limits:  newLimiter(cfg.RateLimits, cfg.Messages),
		changed: make(chan struct{}),
	}
	settings := cfg.settings()
	settings.UploadURL = func(secret string) string { return s.baseURL() + uploadPath + secret } // called with the lock
	s.state = workspace.New(settings)
	router := mux.NewRouter()
	router.HandleFunc("/api/{method}", s.serveMethod).Methods(http.MethodGet, http.MethodPost)
	router.HandleFunc(responsePath+"{id}", s.serveResponseURL).Methods(http.MethodPost)
	router.HandleFunc(uploadPath+"{secret}", s.serveUpload).Methods(http.MethodPost)
	router.HandleFunc(filePath+"{id}", s.serveFile).Methods(http.MethodGet)
	s.router = router
	return s
}

// Config returns the configuration with every default filled in.
func (s *Slack) Config() Config { return s.cfg }

// ServeHTTP implements [http.Handler].
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// change runs f with the state locked and wakes those who await a change.
func (s *Slack) change(f func(*workspace.Workspace)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.state)
	s.wake()
}

// wake tells every [Slack.Await] to look again. The state must be locked.
func (s *Slack) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// withState runs f with the state locked and returns its answer.
func withState[T any](s *Slack, f func(*workspace.Workspace) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f(s.state)
}
