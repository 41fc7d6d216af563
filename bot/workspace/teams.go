// Package workspace knows whose requests are served: the teams that are named, or the one to which Slack says the
// token belongs. It keeps that one for the next start. It also knows the workspace's address, for links. It knows
// nothing of routes and removals. Begin reading at [Teams].
package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/bot/slackapi"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
)

// Settings keeps what was learned for the next start.
type Settings interface {
	Setting(ctx context.Context, name string) (string, error)
	Keep(ctx context.Context, name, value string) error
}

// Teams knows whose requests are served, and where the workspace is. Unless the teams are named, it
// is the token's own, learned from Slack and kept, so that a start while Slack is out works.
type Teams struct {
	cfg Config
	log *logrus.Entry

	mu        sync.RWMutex
	ids       []string
	seen      []string      // workspaces of an organisation among ids
	workspace string        // https://acme.slack.com/; "" until learned
	userID    string        // the bot's, as a member; "" until learned
	botID     string        // the same, as an app
	learned   chan struct{} // closed once Slack has said whose token it is
}

// Config is what [Teams] need.
type Config struct {
	IDs      []string // team or enterprise ids; empty: the token's own
	Slack    *slack.Client
	Settings Settings
	Logger   *logrus.Logger
}

const (
	settingTeams     = "slack_teams"
	settingWorkspace = "slack_workspace"
)

// New returns what is known from the configuration and from an earlier start.
func New(ctx context.Context, cfg Config) (*Teams, error) {
	t := &Teams{cfg: cfg, log: cfg.Logger.WithField("part", "teams"), ids: cfg.IDs, learned: make(chan struct{})}
	kept, err := cfg.Settings.Setting(ctx, settingTeams)
	if err != nil {
		return nil, err
	}
	if len(t.ids) == 0 {
		t.ids = policy.ParseIDs(kept)
	}
	if t.workspace, err = cfg.Settings.Setting(ctx, settingWorkspace); err != nil {
		return nil, err
	}
	return t, nil
}

// Learn asks Slack whose token this is until it answers, or ctx ends. Call it once.
func (t *Teams) Learn(ctx context.Context) {
	const first, most = time.Second, time.Minute
	for wait := first; ; wait = min(2*wait, most) {
		err := t.learn(ctx)
		if err == nil {
			close(t.learned)
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		t.log.WithError(err).Warn("Slack did not say whose token SLACK_BOT_TOKEN is; asking again")
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

func (t *Teams) learn(ctx context.Context) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	own, err := t.cfg.Slack.AuthTestContext(ctx)
	if err != nil {
		return err
	}
	if own.TeamID == "" {
		return fmt.Errorf("auth.test named no team")
	}
	// Kept before it is used: what served one request is known after a crash.
	if err := t.cfg.Settings.Keep(ctx, settingWorkspace, own.URL); err != nil {
		return err
	}
	if err := t.cfg.Settings.Keep(ctx, settingTeams, own.TeamID); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.workspace, t.userID, t.botID = own.URL, own.UserID, own.BotID
	if len(t.cfg.IDs) == 0 {
		t.ids = []string{own.TeamID}
	}
	return nil
}

// Refuse returns why a request is not served, and nothing if it is. foreign is false while linqbot does not know yet
// whom it serves. The first requests after the very first start wait a moment for Slack.
func (t *Teams) Refuse(ctx context.Context, team, enterprise string) (why richtext.Text, foreign bool) {
	switch serves, known := t.Serves(ctx, team, enterprise); {
	case !known:
		return richtext.Say("linqbot has not yet learned from Slack which workspace it serves, so nothing was done. Try again in a minute."), false
	case !serves:
		return richtext.Say("This linqbot does not serve this workspace. Nothing was done."), true
	}
	return nil, false
}

// Serves reports whether requests of a team are served; known is false while the bot does not know
// its own.
func (t *Teams) Serves(ctx context.Context, team, enterprise string) (serves, known bool) {
	t.mu.RLock()
	unknown := len(t.ids) == 0
	t.mu.RUnlock()
	if unknown {
		const patience = time.Second
		select {
		case <-t.learned:
		case <-time.After(patience):
		case <-ctx.Done():
		}
	}
	t.mu.RLock()
	known = len(t.ids) > 0
	named := team != "" && slices.Contains(t.ids, team)
	serves = named || enterprise != "" && slices.Contains(t.ids, enterprise)
	t.mu.RUnlock()
	if serves && !named {
		t.remember(team)
	}
	return serves, known
}

// Own returns the user and the bot as whom linqbot writes in Slack; "" until Slack has named them since the start.
func (t *Teams) Own() (userID, botID string) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.userID, t.botID
}

// Workspaces returns the workspaces that are served: those that are named, and, of an organisation that is named, those
// whose requests came so far.
func (t *Teams) Workspaces() []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return append(slackapi.WorkspacesAmong(t.ids), t.seen...)
}

// Acted is told the workspace of somebody whose request is served, since a form names only where its app is installed,
// which may be an organisation. It is one of ours if the organisation is.
func (t *Teams) Acted(workspace string, organisations ...string) {
	t.mu.RLock()
	ours := slices.ContainsFunc(organisations, func(id string) bool { return strings.HasPrefix(id, "E") && slices.Contains(t.ids, id) })
	t.mu.RUnlock()
	if ours {
		t.remember(workspace)
	}
}

// remember keeps a workspace of an organisation that is served.
func (t *Teams) remember(team string) {
	const most = 50 // an organisation may have thousands; a look-up asks about each
	t.mu.Lock()
	defer t.mu.Unlock()
	if strings.HasPrefix(team, "T") && !slices.Contains(t.ids, team) && !slices.Contains(t.seen, team) && len(t.seen) < most {
		t.seen = append(t.seen, team)
	}
}

// Renderer returns a renderer whose links lead into the workspace.
func (t *Teams) Renderer() blockkit.Renderer {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return blockkit.Renderer{Workspace: strings.TrimSuffix(t.workspace, "/")}
}
