// Package bot is the HTTP edge: it serves Slack's commands, interactions and events, and Linq's webhooks. It verifies,
// bounds and decodes requests, hands them to commands or to the ledger, and answers in time. It decides nothing about
// removals, and shows nothing later.
//
// Below it, ingress has what must hold before a request means anything. publish posts outcomes, home the Home tab, and
// workflow completes the workflow step; blockkit builds what they send, slackapi sends it, and workspace knows whose
// requests are served. Begin reading at [Bot.Handler].
package bot

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"
	"github.com/sirupsen/logrus"
	"github.com/slack-go/slack"

	"linqbot/bot/home"
	"linqbot/bot/ingress"
	"linqbot/bot/internal/background"
	"linqbot/bot/internal/loglimit"
	"linqbot/bot/workspace"
	"linqbot/commands"
	"linqbot/commands/batch"
	"linqbot/commands/invocation"
	"linqbot/commands/offboard"
	"linqbot/commands/parse"
	"linqbot/commands/peoplelist"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// Command is what a slash command means.
type Command interface {
	Run(ctx context.Context, in invocation.Invocation) richtext.Answer
}

// Config is what a [Bot] needs.
type Config struct {
	SigningSecrets []string                        // any of them may have signed
	Commands       map[string]Command              // by name, with the slash
	Teams          *workspace.Teams                // whose requests are served
	Gate           *policy.Gate                    // records who is refused for their workspace. Optional.
	SlackURL       string                          // of the Web API; response URLs must lead to Slack as it does
	Ready          func(ctx context.Context) error // whether work can be taken and done
	Noticed        func(context.Context, Notice)   // told what Slack says about the app itself. Optional.
	Remark         func() string                   // what /readyz adds while all is ready, "" for nothing. Optional.
	Build          string                          // the value of [BuildHeader]
	Logger         *logrus.Logger

	Events      Events       // takes what Slack tells; without it, /slack/events is not served
	Webhooks    *Webhooks    // takes what Linq tells; without it, /linq/webhooks is not served
	Interactive *Interactive // answers buttons and forms; without it, /slack/interactions is not served
	Home        *home.Home   // the Home tab. Optional.

	// Replays and Bodies outlast a bot: share them between all that serve in this process. Optional.
	Replays *ingress.Replays
	Bodies  *ingress.BodyBudget

	Acked   func(route string, took time.Duration) // told how long an answer took. Optional.
	Signed  func(secret int)                       // told which of SigningSecrets signed, -1 for none. Optional.
	Refused func(why ingress.Refusal)              // told of each request turned away at the door. Optional.
}

// ChatReader reads one chat.
type ChatReader interface {
	Chat(ctx context.Context, id linq.ChatID) (linq.Chat, error)
}

// Interactive is what buttons, modals and shortcuts lead to.
type Interactive struct {
	Slack     *slack.Client
	HTTP      *http.Client // for response URLs, and files
	Token     string       // the bot's, with which files are read
	Remove    *commands.Remove
	Undo      *commands.Undo
	Offboard  *offboard.Command
	Batches   *batch.Buttons
	Lists     *peoplelist.Lists
	FindChats *commands.FindChats
	Switch    *commands.Switch // needed only with a Home
	Chats     ChatReader
	Region    string // for numbers in messages, written without a country code
}

// Bot serves Slack's requests.
type Bot struct {
	cfg      Config
	log      *logrus.Entry
	draining atomic.Bool
	work     background.Group // what goes on after an answer
	logLimit loglimit.Limiter // for log lines that anybody can cause
}

// New returns a bot. Serve [Bot.Handler] with [ingress.NewServer].
func New(cfg Config) *Bot {
	if cfg.Replays == nil {
		cfg.Replays = ingress.NewReplays()
	}
	if cfg.Bodies == nil {
		cfg.Bodies = ingress.NewBodyBudget(0)
	}
	return &Bot{cfg: cfg, log: cfg.Logger.WithField("part", "bot")}
}

// Routes that the manifest and others name.
const (
	CommandsPath     = "/slack/commands"
	InteractionsPath = "/slack/interactions"
	EventsPath       = "/slack/events"
	HealthPath       = "/healthz"
	ReadyPath        = "/readyz"
)

// Paths returns the paths of all routes.
func Paths() []string {
	return []string{CommandsPath, InteractionsPath, EventsPath, LinqWebhooksPath, HealthPath, ReadyPath}
}

// The slash commands, as the manifest has them.
const (
	RemoveCommand   = parse.RemoveCommand // removes people
	AddCommand      = parse.AddCommand    // adds people
	ChatsCommand    = "/linq-chats"       // finds chats
	OffboardCommand = "/linq-offboard"    // takes a person out of every chat
)

// Handler serves all routes.
func (b *Bot) Handler() http.Handler {
	router := mux.NewRouter()
	router.Use(b.observe, b.contain)
	router.Handle(CommandsPath, b.signed(b.serveCommand)).Methods(http.MethodPost)
	if b.cfg.Interactive != nil {
		router.Handle(InteractionsPath, b.signed(b.serveInteraction)).Methods(http.MethodPost)
	}
	if b.cfg.Events != nil {
		router.Handle(EventsPath, b.signed(b.serveEvent)).Methods(http.MethodPost)
	}
	if b.cfg.Webhooks != nil {
		router.HandleFunc(LinqWebhooksPath, b.serveWebhook).Methods(http.MethodPost)
	}
	router.HandleFunc(HealthPath, serveHealth).Methods(http.MethodGet, http.MethodHead)
	router.HandleFunc(ReadyPath, b.serveReady).Methods(http.MethodGet, http.MethodHead)
	return router
}

// Drain makes /readyz say that this process takes no more work. What still arrives is recorded.
func (b *Bot) Drain() {
	b.draining.Store(true)
	if b.cfg.Home != nil {
		b.cfg.Home.Drain()
	}
}

// goBackground does something after the answer to a request: a form that Slack opens, a message to the person who
// clicked. Losing it is harmless.
func (b *Bot) goBackground(do func(ctx context.Context)) {
	const patience = 15 * time.Second
	b.work.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		defer func() {
			if cause := recover(); cause != nil {
				b.log.WithFields(logrus.Fields{"panic": cause, "stack": string(debug.Stack())}).Error("what follows an answer ended in a panic")
			}
		}()
		do(ctx)
	})
}

// Wait returns when what follows the answers is done, or ctx ends.
func (b *Bot) Wait(ctx context.Context) {
	b.work.Wait(ctx)
	if b.cfg.Home != nil {
		b.cfg.Home.Wait(ctx)
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
		if !errors.Is(err, ledger.ErrOutage) { // which it logs itself
			b.log.WithError(err).Warn("not ready")
		}
		writeText(w, http.StatusServiceUnavailable, "the ledger does not answer, or its workers do not run")
		return
	}
	said := "ready"
	if b.cfg.Remark != nil {
		if remark := b.cfg.Remark(); remark != "" {
			said += "; " + remark
		}
	}
	writeText(w, http.StatusOK, said)
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // the client is gone if this fails
}
