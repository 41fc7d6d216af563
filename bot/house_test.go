package bot

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/chatindex"
	"linqbot/commands/policy"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// house is a base on which the whole program plays: a Linq, a bot behind signed requests, and the
// jobs of the ledger. Slack's clock is the real one, since signatures are held against it; that of
// everything else runs beside it, and can be moved.
type house struct {
	*base
	home    *Home
	show    *Show
	linq    *linqtest.Linq
	server  *httptest.Server
	bot     *Bot
	execute *Execute
	cfg     houseConfig
}

type houseConfig struct {
	slack   slacktest.Config
	linq    linqtest.Config
	policy  policy.Policy // default: everyone
	ask     bool          // before removing
	off     bool          // workflow steps
	idle    bool          // the jobs do nothing
	fresh   time.Duration // of the list of chats
	change  func(*Config)
	records HomeRecords // of homes; default: the ledger
}

// launch is the chat that each house has.
func launch() linqtest.Chat {
	chat := linqtest.Group(spree, line, ann, bert, cleo, dora, "+14155550135", "+14155550136")
	chat.ID = chatID
	return chat
}

func newHouse(t *testing.T, cfg houseConfig) *house {
	t.Helper()
	cfg.slack.Now = time.Now
	cfg.linq.Chats = append(cfg.linq.Chats, launch())
	b, _ := newBase(t, cfg.slack)
	h := &house{cfg: cfg, base: b, linq: linqtest.Start(t, cfg.linq)}
	h.shows = func(ctx context.Context, delivery string) (time.Duration, error) { return h.show.Run(ctx, delivery) }
	h.clock.pass(time.Since(h.clock.now()))
	h.clock.run()
	var workers ledger.Workers
	h.bot, workers = h.program(cfg)
	if cfg.idle {
		workers = ledger.Workers{}
	}
	startLedger(t, h.ledger, workers)
	h.serve(h.bot)
	return h
}

// program puts a program together on the house's ledger; there may be several.
func (h *house) program(cfg houseConfig) (*Bot, ledger.Workers) {
	h.t.Helper()
	logger, log := newLog()
	h.log = log
	chats, err := linq.New(linq.Config{BaseURL: h.linq.BaseURL(), APIKey: h.linq.APIKey()})
	assert.NilError(h.t, err)
	rules := cfg.policy
	if len(rules.Users) == 0 && len(rules.Groups) == 0 {
		rules.Everyone = true
	}
	teams := knownTeams(h.t, h.slack.Config().TeamID)
	api := NewSlack(h.slack.Config().BotToken, h.slack.APIURL())
	book := chatindex.New(chatindex.Config{Lister: chats, Region: "US", Fresh: cfg.fresh, Now: h.clock.now})
	remove := commands.NewRemove(commands.RemoveConfig{
		Policy: rules, Audit: h.ledger, Recorder: h.ledger, Region: "US", Logger: logger, Ask: cfg.ask, Questions: h.ledger, Chats: chats,
	})
	find := commands.NewFindChats(commands.FindChatsConfig{Policy: rules, Audit: h.ledger, Book: book, Logger: logger})
	config := Config{
		SigningSecrets: []string{h.slack.Config().SigningSecret},
		Commands:       map[string]Command{RemoveCommand: remove, ChatsCommand: find},
		Gate:           policy.NewGate(policy.GateConfig{Policy: rules, Audit: h.ledger, Logger: logger}),
		Teams:          teams, SlackURL: h.slack.APIURL(), Ready: h.ledger.Ready, Logger: logger, Events: h.ledger,
		Interactive: &Interactive{
			Slack: api, HTTP: NewHTTPClient(), Remove: remove, FindChats: find, Chats: chats, Region: "US",
			Undo: commands.NewUndo(commands.UndoConfig{
				Policy: rules, Audit: h.ledger, Recorder: h.ledger, Records: h.ledger, Logger: logger, Now: h.clock.now,
			}),
		},
	}
	records := cfg.records
	if records == nil {
		records = h.ledger
	}
	h.home = NewHome(HomeConfig{
		Records: records, Slack: api, Teams: teams, Policy: rules, Logger: logger, Now: h.clock.now,
	})
	config.Home = h.home
	if cfg.change != nil {
		cfg.change(&config)
	}
	h.execute = NewExecute(ExecuteConfig{
		Runs: h.ledger, Token: h.slack.Config().BotToken, APIURL: h.slack.APIURL(), HTTP: NewHTTPClient(), Logger: logger,
		Now:      h.clock.now,
		Workflow: commands.NewWorkflow(commands.WorkflowConfig{Off: cfg.off, Policy: rules, Audit: h.ledger, Region: "US", Now: h.clock.now}),
	})
	h.show = newShow(h.base, logger, h.home)
	steps := reconcile.NewSteps(reconcile.StepsConfig{Chats: chats, Records: h.ledger, Logger: logger, Now: h.clock.now})
	return New(config), ledger.Workers{Try: steps.Try, Confirm: steps.Confirm, Show: h.show.Run, Execute: h.execute.Run}
}

// newShow is a projection with a burst of 20.
func newShow(b *base, logger *logrus.Logger, home Homes) *Show {
	return NewShow(ShowConfig{
		Views: b.ledger, Slack: NewSlack(b.slack.Config().BotToken, b.slack.APIURL()), HTTP: NewHTTPClient(),
		Teams: knownTeams(b.t, b.slack.Config().TeamID), Logger: logger, Now: b.clock.now,
		Pace: NewPace(PaceConfig{Burst: 20, Now: b.clock.now}), Home: home,
	})
}

// serve has requests answered by this bot from now on.
func (h *house) serve(b *Bot) {
	h.t.Helper()
	h.bot, h.server = b, httptest.NewServer(b.Handler())
	server := h.server
	h.t.Cleanup(func() {
		server.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		b.Wait(ctx)
	})
}

// rest waits for what follows the answers.
func (h *house) rest() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	h.bot.Wait(ctx)
	assert.NilError(h.t, ctx.Err())
}

// await waits until done.
func (h *house) await(what string, done func() bool) {
	h.t.Helper()
	for began := time.Now(); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			h.t.Fatalf("waited in vain for %s\n%s\n%s", what, h.slack.Screen(ops, ada), h.log)
		}
	}
}

// taken checks that Slack's request was taken, and waits for what follows. It returns the answer.
func (h *house) taken(ack slacktest.Ack, err error) slacktest.Ack {
	h.t.Helper()
	assert.NilError(h.t, err)
	assert.Equal(h.t, ack.Status, http.StatusOK, "%s", ack.Body)
	assert.Assert(h.t, ack.Took < 2500*time.Millisecond, "took %s", ack.Took)
	h.rest()
	return ack
}

func (h *house) command(c slacktest.Command) slacktest.Ack {
	h.t.Helper()
	return h.taken(h.slack.Send(h.t.Context(), h.server.URL, c))
}

func (h *house) press(user string, m slacktest.Message, action string) {
	h.t.Helper()
	ack := h.taken(h.slack.Press(h.t.Context(), h.server.URL, user, m, action))
	assert.Equal(h.t, len(ack.Body), 0, "%s", ack.Body)
}

// event sends an event, and returns the HTTP status.
func (h *house) event(outer map[string]any) int {
	h.t.Helper()
	ack, err := h.slack.SendEvent(h.t.Context(), h.server.URL, outer)
	assert.NilError(h.t, err)
	h.rest()
	return ack.Status
}

// awaitReply waits for a reply with these words in the channel's threads, and returns it.
func (h *house) awaitReply(words string) slacktest.Message {
	h.t.Helper()
	var found slacktest.Message
	h.await(words, func() bool {
		for _, m := range h.slack.Messages(ops) {
			if m.ThreadTS != "" && m.Author == h.slack.Config().BotUserID && strings.Contains(m.Rendered, words) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// private returns what only that user sees in the channel, the newest last.
func (h *house) private(user string, words ...string) []slacktest.Message {
	h.t.Helper()
	got := h.slack.Ephemerals(ops, user)
	wantMessages(h.t, got, words...)
	return got
}

func (h *house) deletes(handle string) int { return h.linq.Deletes(chatID, handle) }

// step is the event of a workflow that runs the step.
func (h *house) step(execution string, inputs map[string]any) map[string]any {
	return h.slack.Envelope(map[string]any{
		"type": "function_executed", "function": map[string]any{"callback_id": RemoveFunction, "type": "app"},
		"inputs": inputs, "function_execution_id": execution, "workflow_execution_id": "Wx1", "bot_access_token": "xwfp-" + execution,
	})
}

// dm opens the direct messages between a user and the bot.
func (h *house) dm(user string) string {
	h.t.Helper()
	opened, _, _, err := NewSlack(h.slack.Config().BotToken, h.slack.APIURL()).OpenConversationContext(h.t.Context(),
		&slack.OpenConversationParameters{Users: []string{user}})
	assert.NilError(h.t, err)
	return opened.ID
}
