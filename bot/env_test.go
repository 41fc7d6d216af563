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

	"linqbot/bot/bottest"
	"linqbot/bot/home"
	"linqbot/bot/publish"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/bot/workflow"
	"linqbot/bot/workspace/workspacetest"
	"linqbot/commands"
	"linqbot/commands/batch"
	"linqbot/commands/chatindex"
	"linqbot/commands/offboard"
	"linqbot/commands/outcome"
	"linqbot/commands/peoplelist"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/commands/workflowstep"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// env has the whole program: a Linq, a bot behind signed requests, and the
// jobs of the ledger. Slack's clock is the real one, since signatures are held against it; that of
// everything else runs beside it, and can be moved.
type env struct {
	*bottest.Base
	home      *home.Home
	publisher *publish.Publisher
	linq      *linqtest.Linq
	server    *httptest.Server
	bot       *Bot
	runner    *workflow.Runner
	cfg       envConfig
}

type envConfig struct {
	slack  slacktest.Config
	linq   linqtest.Config
	policy policy.Policy // default: everyone
	ask    bool          // before removing
	off    bool          // workflow steps

	noOffboarding bool // by workflow steps

	noAdds  bool          // nobody is added by a command or a step
	idle    bool          // the jobs do nothing
	fresh   time.Duration // of the list of chats
	change  func(*Config)
	records home.Records // of homes; default: the ledger
	rails   rails.Rails  // the ledger's switch is added
	admins  []string
}

// launch is the chat that each environment has.
func launch() linqtest.Chat {
	chat := linqtest.Group(bottest.Spree, bottest.Line, bottest.Ann, bottest.Bert, bottest.Cleo, bottest.Dora, "+14155550135", "+14155550136")
	chat.ID = bottest.ChatID
	return chat
}

func newEnv(t *testing.T, cfg envConfig) *env {
	t.Helper()
	cfg.slack.Now = time.Now
	cfg.linq.Chats = append(cfg.linq.Chats, launch())
	b, _ := bottest.NewBase(t, cfg.slack)
	h := &env{cfg: cfg, Base: b, linq: linqtest.Start(t, cfg.linq)}
	h.Shows = func(ctx context.Context, delivery string) (time.Duration, error) {
		return h.publisher.Run(ctx, delivery)
	}
	h.Clock.Pass(time.Since(h.Clock.Now()))
	h.Clock.Run()
	var workers ledger.Workers
	h.bot, workers = h.program(cfg)
	if cfg.idle {
		workers = ledger.Workers{}
	}
	bottest.StartLedger(t, h.Ledger, workers)
	h.serve(h.bot)
	return h
}

// program puts a program together on the environment's ledger; there may be several.
func (h *env) program(cfg envConfig) (*Bot, ledger.Workers) {
	h.T.Helper()
	logger, log := bottest.NewLog()
	h.Log = log
	chats, err := linq.New(linq.Config{BaseURL: h.linq.BaseURL(), APIKey: h.linq.APIKey()})
	assert.NilError(h.T, err)
	rules := cfg.policy
	if len(rules.Users) == 0 && len(rules.Groups) == 0 {
		rules.Everyone = true
	}
	teams := workspacetest.Known(h.T, h.Slack.Config().TeamID)
	api := slackapi.New(h.Slack.Config().BotToken, h.Slack.APIURL())
	book := chatindex.New(chatindex.Config{Lister: chats, Region: "US", Fresh: cfg.fresh, Now: h.Clock.Now})
	gate := policy.NewGate(policy.GateConfig{Policy: rules, Audit: h.Ledger, Logger: logger})
	held := cfg.rails
	held.Pauses = h.Ledger
	explainer := outcome.Explainer{Pause: func() ledger.Pause { return held.Pause(context.Background()) }}
	lists := peoplelist.NewLists(peoplelist.ListsConfig{Rails: cfg.rails, Gate: gate, Batches: h.Ledger, Region: "US", Logger: logger})
	remove := commands.NewRemove(commands.RemoveConfig{
		Rails: held, Gate: gate, Recorder: h.Ledger, Region: "US", Logger: logger, Confirm: cfg.ask, Questions: h.Ledger, Chats: chats, Lists: lists,
	})
	find := commands.NewFindChats(commands.FindChatsConfig{Gate: gate, Book: book, Logger: logger})
	add := commands.NewAdd(commands.AddConfig{
		Allowed: !cfg.noAdds, Gate: gate, Recorder: h.Ledger, Region: "US", Logger: logger,
	})
	offboards := offboard.New(offboard.Config{Rails: held, Gate: gate, Batches: h.Ledger, Region: "US", Logger: logger})
	planner := batch.NewPlanner(batch.PlannerConfig{
		Rails: held, Records: h.Ledger, Chats: book, Reader: chats, Region: "US", Logger: logger, Now: h.Clock.Now,
	})
	config := Config{
		SigningSecrets: []string{h.Slack.Config().SigningSecret},
		Commands:       map[string]Command{RemoveCommand: remove, AddCommand: add, ChatsCommand: find, OffboardCommand: offboards},
		Gate:           gate,
		Teams:          teams, SlackURL: h.Slack.APIURL(), Ready: h.Ledger.Ready, Logger: logger, Events: h.Ledger,
		Interactive: &Interactive{
			Slack: api, HTTP: slackapi.NewHTTPClient(), Remove: remove, FindChats: find, Chats: chats, Region: "US",
			Switch: commands.NewSwitch(commands.SwitchConfig{Admins: cfg.admins, Gate: gate, Turns: h.Ledger, Logger: logger}),
			Undo: commands.NewUndo(commands.UndoConfig{
				Gate: gate, Recorder: h.Ledger, Records: h.Ledger, Logger: logger, Now: h.Clock.Now,
			}),
			Offboard: offboards, Lists: lists, Token: h.Slack.Config().BotToken,
			Batches: batch.NewButtons(batch.ButtonsConfig{Gate: gate, Batches: h.Ledger, Rails: held, Logger: logger, Now: h.Clock.Now}),
		},
	}
	records := cfg.records
	if records == nil {
		records = h.Ledger
	}
	h.home = home.New(home.Config{
		Records: records, Slack: api, Teams: teams, Gate: gate, Logger: logger, Now: h.Clock.Now,
		Explainer: explainer, Rails: held, Admins: cfg.admins,
	})
	config.Home = h.home
	if cfg.change != nil {
		cfg.change(&config)
	}
	step := func(kind ledger.Kind) workflow.Step {
		return workflowstep.NewOneChat(workflowstep.OneChatConfig{
			Kind: kind, Rails: held, Explainer: explainer, Off: cfg.off, AddingOff: cfg.noAdds, Gate: gate, Region: "US", Now: h.Clock.Now,
		})
	}
	h.runner = workflow.New(workflow.Config{
		Runs: h.Ledger, Token: h.Slack.Config().BotToken, APIURL: h.Slack.APIURL(), HTTP: slackapi.NewHTTPClient(), Logger: logger,
		Now:     h.Clock.Now,
		Steps:   map[string]workflow.Step{ledger.RemoveFunction: step(ledger.Remove), ledger.AddFunction: step(ledger.Add)},
		Batches: h.Ledger,
		BatchSteps: map[string]workflow.BatchStep{ledger.OffboardFunction: workflowstep.NewOffboard(workflowstep.OffboardConfig{
			Offboarding:   !cfg.noOffboarding,
			OneChatConfig: workflowstep.OneChatConfig{Rails: held, Explainer: explainer, Off: cfg.off, Gate: gate, Region: "US", Now: h.Clock.Now},
		})},
	})
	h.publisher = newPublisherSaying(h.Base, logger, h.home, explainer)
	steps := reconcile.NewSteps(reconcile.StepsConfig{Chats: chats, Records: h.Ledger, Rails: held, Logger: logger, Now: h.Clock.Now})
	return New(config), ledger.Workers{Try: steps.Try, Confirm: steps.Confirm, Show: h.publisher.Run, Execute: h.runner.Run, Plan: planner.Plan}
}

// newPublisher is a projection with a burst of 20.
func newPublisher(b *bottest.Base, logger *logrus.Logger, home publish.Homes) *publish.Publisher {
	return newPublisherSaying(b, logger, home, outcome.Explainer{})
}

func newPublisherSaying(b *bottest.Base, logger *logrus.Logger, home publish.Homes, explainer outcome.Explainer) *publish.Publisher {
	return publish.New(publish.Config{
		Views: b.Ledger, Slack: slackapi.New(b.Slack.Config().BotToken, b.Slack.APIURL()), HTTP: slackapi.NewHTTPClient(),
		Teams: workspacetest.Known(b.T, b.Slack.Config().TeamID), Logger: logger, Now: b.Clock.Now,
		Scheduler: queue.New(queue.Config{Burst: 20, Now: b.Clock.Now}), Home: home, Explainer: explainer,
	})
}

// serve has requests answered by this bot from now on.
func (h *env) serve(b *Bot) {
	h.T.Helper()
	h.bot, h.server = b, httptest.NewServer(b.Handler())
	server := h.server
	h.T.Cleanup(func() {
		server.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		b.Wait(ctx)
	})
}

// rest waits for what follows the answers.
func (h *env) rest() {
	h.T.Helper()
	ctx, cancel := context.WithTimeout(h.T.Context(), 20*time.Second)
	defer cancel()
	h.bot.Wait(ctx)
	assert.NilError(h.T, ctx.Err())
}

// await waits until done.
func (h *env) await(what string, done func() bool) {
	h.T.Helper()
	for began := time.Now(); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			h.T.Fatalf("waited in vain for %s\n%s\n%s", what, h.Slack.Screen(bottest.Ops, bottest.Ada), h.Log)
		}
	}
}

// taken checks that Slack's request was taken, and waits for what follows. It returns the answer.
func (h *env) taken(ack slacktest.Ack, err error) slacktest.Ack {
	h.T.Helper()
	assert.NilError(h.T, err)
	assert.Equal(h.T, ack.Status, http.StatusOK, "%s", ack.Body)
	h.rest()
	return ack
}

func (h *env) command(c slacktest.Command) slacktest.Ack {
	h.T.Helper()
	return h.taken(h.Slack.Send(h.T.Context(), h.server.URL, c))
}

func (h *env) press(user string, m slacktest.Message, action string) {
	h.T.Helper()
	ack := h.taken(h.Slack.Press(h.T.Context(), h.server.URL, user, m, action))
	assert.Equal(h.T, len(ack.Body), 0, "%s", ack.Body)
}

// event sends an event, and returns the HTTP status.
func (h *env) event(outer map[string]any) int {
	h.T.Helper()
	ack, err := h.Slack.SendEvent(h.T.Context(), h.server.URL, outer)
	assert.NilError(h.T, err)
	h.rest()
	return ack.Status
}

// awaitReply waits for a reply with these words in the channel's threads, and returns it.
func (h *env) awaitReply(words string) slacktest.Message {
	h.T.Helper()
	var found slacktest.Message
	h.await(words, func() bool {
		for _, m := range h.Slack.Messages(bottest.Ops) {
			if m.ThreadTS != "" && m.Author == h.Slack.Config().BotUserID && strings.Contains(m.Rendered, words) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// private returns what only that user sees in the channel, the newest last.
func (h *env) private(user string, words ...string) []slacktest.Message {
	h.T.Helper()
	got := h.Slack.Ephemerals(bottest.Ops, user)
	bottest.WantMessages(h.T, got, words...)
	return got
}

func (h *env) deletes(handle string) int { return h.linq.Deletes(bottest.ChatID, handle) }

// step is the event of a workflow that runs the step which removes a person.
func (h *env) step(execution string, inputs map[string]any) map[string]any {
	return h.stepOf(ledger.RemoveFunction, execution, inputs)
}

func (h *env) stepOf(function, execution string, inputs map[string]any) map[string]any {
	return h.Slack.Envelope(map[string]any{
		"type": "function_executed", "function": map[string]any{"callback_id": function, "type": "app"},
		"inputs": inputs, "function_execution_id": execution, "workflow_execution_id": "Wx1", "bot_access_token": "xwfp-" + execution,
	})
}

// dm opens the direct messages between a user and the bot.
func (h *env) dm(user string) string {
	h.T.Helper()
	opened, _, _, err := slackapi.New(h.Slack.Config().BotToken, h.Slack.APIURL()).OpenConversationContext(h.T.Context(),
		&slack.OpenConversationParameters{Users: []string{user}})
	assert.NilError(h.T, err)
	return opened.ID
}
