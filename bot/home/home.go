package home

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/bot/internal/background"
	"linqbot/bot/slackapi"
	"linqbot/bot/workspace"
	"linqbot/commands"
	"linqbot/commands/outcome"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Records is what [Home] reads in the ledger.
type Records interface {
	RecentOf(ctx context.Context, teamID, userID string, limit int) ([]ledger.Recent, error)
	RecentBatchesOf(ctx context.Context, teamID, userID string, limit int) ([]ledger.RecentBatch, error)
}

// Config is what a [Home] needs.
type Config struct {
	Records   Records
	Slack     *slack.Client
	Teams     *workspace.Teams
	Gate      *policy.Gate
	Explainer outcome.Explainer
	Rails     rails.Rails
	Admins    []string // member ids of those who may pause removals
	Logger    *logrus.Logger
	Now       func() time.Time // of what is on offer for a while; default time.Now
}

// Home is the app's Home tab: what linqbot can do, and what the person asked for, as it stands. It is published for
// one person at a time: when they open it, and when they press something in it. While they probably still see it, it
// is also published when one of its requests changes in its thread.
//
// A Home keeps in memory who looks. If another replica carries a request on, a home that was opened here stays
// unchanged until the person opens it again. Each line says when it was true. Nothing depends on a home: what cannot be
// published is logged, and shows at the next opening.
type Home struct {
	cfg Config
	log *logrus.Entry

	mu           sync.Mutex
	viewers      map[viewerKey]*viewer
	running      int       // viewers whose home is being kept
	backOffUntil time.Time // Slack wants no home before
	draining     chan struct{}
	drain        func()
	work         background.Group
	slots        chan struct{} // homes that are published at once
}

// New returns a Home that nobody has opened.
func New(cfg Config) *Home {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	h := &Home{
		cfg: cfg, log: cfg.Logger.WithField("part", "home"), viewers: make(map[viewerKey]*viewer),
		draining: make(chan struct{}), slots: make(chan struct{}, homesAtOnce),
	}
	h.drain = sync.OnceFunc(func() { close(h.draining) })
	return h
}

const (
	mostRecent  = 10 // requests that a home lists
	mostBatches = 3
	homesAtOnce = 4 // that are published side by side
)

// errBackOff says that a home is not published for now: Slack asked for patience while this one waited for others.
var errBackOff = errors.New("bot: Slack wants no home for now")

// publish shows v's home as the ledger has it now. The error is Slack's, when it asks for patience, or
// errBackOff.
func (h *Home) publish(v *viewer, job homeJob) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			h.log.WithFields(logrus.Fields{"panic": cause, "stack": string(debug.Stack())}).Error("a home ended in a panic")
		}
	}()
	if h.backsOff() {
		return errBackOff
	}
	const patience = 15 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	log := h.log.WithField("user", v.user)

	shown, err := h.gather(ctx, v.viewerKey)
	if err != nil {
		if !job.asked { // what they see now is better than a home without requests
			log.WithError(err).Warn("a home stays as it was: the ledger does not answer")
			return nil
		}
		log.WithError(err).Warn("a home shows no requests: the ledger does not answer")
	}
	shown.Note = job.note
	view := h.cfg.Teams.Renderer().Home(h.cfg.Explainer, shown)
	digest := blockkit.DigestOf(blockkit.Message{Blocks: view.Blocks.BlockSet})
	if digest == v.shown && !job.asked {
		return nil
	}
	published, err := h.cfg.Slack.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: v.user, View: view})
	if err == nil && published.ID == "" {
		err = slackapi.ErrNoView
	}
	if err == nil {
		v.shown = digest
		log.Debug("home published")
		return nil
	}
	v.shown = ""
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return limited
	}
	h.failed(log, err)
	return nil
}

func (h *Home) failed(log *logrus.Entry, err error) {
	if slackapi.Code(err) == "not_enabled" {
		log.Info("a home was not published: the Home tab is off in the app's settings")
		return
	}
	log.WithError(slackapi.WithoutURL(err)).Warn("a home was not published")
}

// gather collects what v's home shows. After an error that is a home without requests. Nothing is read for somebody
// whom the policy denies.
func (h *Home) gather(ctx context.Context, who viewerKey) (blockkit.Home, error) {
	shown := blockkit.Home{
		Now: h.cfg.Now(), Paused: rails.Told(h.cfg.Rails.Pause(ctx)), Admin: slices.Contains(h.cfg.Admins, who.user),
	}
	if decision := h.cfg.Gate.DecideUser(ctx, who.user); !decision.Allowed {
		if !shown.Admin {
			shown.Paused = nil
		}
		shown.Denied, shown.Closed = richtext.Say("%s %s", string(richtext.MarkRefused), decision.Why), true
		return shown, nil
	}
	shown.Undo = true
	shown.Denied = h.cfg.Gate.Decide(ctx, who.user, "").Why // the form that it opens is in no channel
	recent, err := h.cfg.Records.RecentOf(ctx, who.team, who.user, mostRecent+1)
	if err != nil {
		shown.Unread = true
		return shown, fmt.Errorf("list recent requests: %w", err)
	}
	if shown.Batches, err = h.cfg.Records.RecentBatchesOf(ctx, who.team, who.user, mostBatches); err != nil {
		shown.Unread = true
		return shown, fmt.Errorf("list recent batches: %w", err)
	}
	shown.More = len(recent) > mostRecent
	shown.Recent = recent[:min(len(recent), mostRecent)]
	return shown, nil
}

// Undo is a press of "Add back" at home. The addition shows where the removal does. What cannot be
// told there shows at home.
func (h *Home) Undo(ctx context.Context, undo *commands.Undo, click commands.UndoClick) {
	if !h.cfg.Gate.DecideUser(ctx, click.UserID).Allowed { // nothing is read for them; Run says why
		h.pressed(click.TeamID, click.UserID, undo.Run(ctx, click))
		return
	}
	recent, err := h.cfg.Records.RecentOf(ctx, click.TeamID, click.UserID, mostRecent)
	if err != nil {
		h.log.WithError(err).Info("the thread of a removal was not found: what comes of taking it back is told in a direct message")
	}
	for _, r := range recent {
		if r.ID == click.RequestID && r.Thread.TS != "" && (r.Thread.Route == ledger.InThread || r.Thread.Route == ledger.ByDirect) {
			click.ChannelID, click.ThreadTS = r.Thread.ChannelID, r.Thread.TS
		}
	}
	h.pressed(click.TeamID, click.UserID, undo.Run(ctx, click))
}

// Turned shows what came of a press of the switch that pauses removals.
func (h *Home) Turned(team, user string, answer richtext.Answer) { h.pressed(team, user, answer) }
