package app

import (
	"context"
	"net/http"

	"github.com/sirupsen/logrus"

	"linqbot/bot"
	"linqbot/bot/home"
	"linqbot/bot/ingress"
	"linqbot/bot/publish"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slackapi"
	"linqbot/bot/workflow"
	"linqbot/bot/workspace"
	"linqbot/cmd/linqbot/internal/build"
	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/metrics"
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
	"linqbot/linq/breaker"
)

// instance is the program put together.
type instance struct {
	bot     *bot.Bot
	teams   *workspace.Teams
	key     *linqKey
	lines   *reconcile.OwnLines
	book    *chatindex.Index
	region  string // of numbers without a country code
	workers ledger.Workers
	handler http.Handler
}

// shared is what stays when the settings are read again: the record, and how much Linq and Slack are
// asked for, since they go on counting.
type shared struct {
	build     build.Build
	records   *ledger.Ledger
	measured  *metrics.Metrics
	breaker   *breaker.Breaker
	scheduler *queue.Scheduler
	replays   *ingress.Replays
	bodies    *ingress.BodyBudget
	notices   *notices
	logger    *logrus.Logger
}

func assemble(ctx context.Context, cfg config.Settings, of shared) (*instance, error) {
	records, measured, logger := of.records, of.measured, of.logger
	key := &linqKey{log: logger.WithField("part", "linq")}
	chats, err := linq.New(linq.Config{
		BaseURL: cfg.LinqURL, APIKey: cfg.LinqKey, UserAgent: "linqbot/" + of.build.Version, Observe: linqCalled(measured, key), Secrets: cfg.Secrets(),
	})
	if err != nil {
		return nil, err
	}
	outbound := newOutbound(cfg, measured)
	api := slackapi.NewOver(outbound, cfg.SlackToken, cfg.SlackURL)
	teams, err := workspace.New(ctx, workspace.Config{IDs: cfg.Teams, Slack: api, Settings: records, Logger: logger})
	if err != nil {
		return nil, err
	}
	rules := cfg.Policy
	rules.Members = policy.NewGroupCache(policy.GroupCacheConfig{Directory: slackapi.Groups{Slack: api, Workspaces: teams.Workspaces}})
	gate := policy.NewGate(policy.GateConfig{Policy: rules, Audit: records, Logger: logger, Tally: tally(measured)})
	held := rails.Rails{Protected: cfg.Protected, Limits: cfg.Limits, Pauses: records}
	explainer := outcome.Explainer{FullHandles: cfg.FullHandles, Pause: func() ledger.Pause { return held.Pause(context.Background()) }}
	book := chatindex.New(chatindex.Config{Lister: chats, Region: cfg.Region})
	lines := reconcile.NewOwnLines(reconcile.OwnLinesConfig{Reader: chats, Logger: logger})
	lists := peoplelist.NewLists(peoplelist.ListsConfig{
		Gate: gate, Batches: records, Rails: held, Lines: lines, Book: book, Region: cfg.Region, Logger: logger, Tally: tally(measured),
	})
	remove := commands.NewRemove(commands.RemoveConfig{
		Gate: gate, Recorder: records, Region: cfg.Region, Rails: held, Logger: logger,
		Confirm: cfg.ConfirmRemovals, Questions: records, UnderWay: records, Chats: chats, Book: book, Lines: lines, Lists: lists, Tally: tally(measured),
	})
	home := home.New(home.Config{
		Records: records, Slack: api, Teams: teams, Gate: gate, Explainer: explainer, Rails: held, Admins: cfg.Admins, Logger: logger,
	})
	add := commands.NewAdd(commands.AddConfig{
		Allowed: cfg.AllowAdding, Gate: gate, Recorder: records, Region: cfg.Region, Logger: logger,
		UnderWay: records, Chats: chats, Book: book, Lines: lines, Tally: tally(measured),
	})
	findChats := commands.NewFindChats(commands.FindChatsConfig{
		Gate: gate, Book: book, Logger: logger, Tally: tally(measured),
	})
	offboards := offboard.New(offboard.Config{
		Gate: gate, Batches: records, Rails: held, Lines: lines, Region: cfg.Region, Logger: logger, Tally: tally(measured),
	})
	assembled := &instance{
		teams:   teams,
		key:     key,
		lines:   lines,
		book:    book,
		region:  cfg.Region,
		workers: newWorkers(cfg, of, gate, held, chats, book, lines, teams, home, explainer),
		bot: bot.New(bot.Config{
			SigningSecrets: cfg.SigningSecrets,
			Commands:       map[string]bot.Command{bot.RemoveCommand: remove, bot.AddCommand: add, bot.ChatsCommand: findChats, bot.OffboardCommand: offboards},
			Teams:          teams,
			Gate:           gate,
			SlackURL:       cfg.SlackURL,
			Ready:          records.Ready,
			Noticed:        of.notices.take,
			Remark:         remarks(key.remark, of.notices.remark, pauseRemark(held)),
			Build:          of.build.String(),
			Logger:         logger,
			Acked:          measured.Acked,
			Signed:         measured.Signed,
			Refused:        refused(measured),
			Replays:        of.replays,
			Bodies:         of.bodies,
			Events:         records,
			Webhooks:       newWebhooks(cfg, of, book),
			Home:           home,
			Interactive: &bot.Interactive{
				Slack: api, HTTP: outbound, Remove: remove, FindChats: findChats, Chats: chats, Region: cfg.Region,
				Switch: commands.NewSwitch(commands.SwitchConfig{
					Admins: cfg.Admins, Gate: gate, Turns: records, Logger: logger, Tally: tally(measured),
				}),
				Undo: commands.NewUndo(commands.UndoConfig{
					Gate: gate, Recorder: records, Records: records, Explainer: explainer, Logger: logger,
					Tally: tally(measured),
				}),
				Offboard: offboards, Lists: lists, Token: cfg.SlackToken,
				Batches: batch.NewButtons(batch.ButtonsConfig{
					Gate: gate, Batches: records, Rails: held, Logger: logger, Tally: tally(measured),
				}),
			},
		}),
	}
	assembled.handler = assembled.bot.Handler()
	return assembled, nil
}

// newWebhooks is nil without a secret: removals are then confirmed by reading alone.
func newWebhooks(cfg config.Settings, of shared, book *chatindex.Index) *bot.Webhooks {
	if cfg.Webhooks == nil {
		return nil
	}
	events := reconcile.NewWebhookHandler(reconcile.WebhookConfig{
		Records: of.records, Region: cfg.Region, Logger: of.logger, Chats: book.Take, IllLine: of.measured.LineFlagged,
	})
	return &bot.Webhooks{Verifier: cfg.Webhooks, Take: events.Take}
}

// newWorkers are the steps that carry requests on.
func newWorkers(cfg config.Settings, of shared, gate *policy.Gate, held rails.Rails, chats *linq.Client, book *chatindex.Index, lines *reconcile.OwnLines,
	teams *workspace.Teams, home *home.Home, explainer outcome.Explainer,
) ledger.Workers {
	records, measured, logger := of.records, of.measured, of.logger
	steps := reconcile.NewSteps(reconcile.StepsConfig{Chats: chats, Records: records, Lines: lines, Rails: held, Region: cfg.Region, Logger: logger, Breaker: of.breaker})
	showing := newOutbound(cfg, measured)
	publisher := publish.New(publish.Config{
		Views: records, Batches: records, BulkConcurrency: bulkConcurrency(cfg.Concurrency), Slack: slackapi.NewOver(showing, cfg.SlackToken, cfg.SlackURL), HTTP: showing, Teams: teams,
		Logger: logger, Explainer: explainer, Home: home, Undelivered: measured.Undelivered, Scheduler: of.scheduler,
	})
	step := func(kind ledger.Kind) workflow.Step {
		return workflowstep.NewOneChat(workflowstep.OneChatConfig{
			Kind: kind, Off: cfg.StepsOff, AddingOff: !cfg.AllowAdding,
			Gate: gate, Region: cfg.Region, Rails: held, Explainer: explainer,
			UnderWay: records, Chats: chats, Lines: lines,
		})
	}
	execute := workflow.New(workflow.Config{
		Runs: records, Token: cfg.SlackToken, APIURL: cfg.SlackURL, HTTP: newOutbound(cfg, measured), Logger: logger, Tally: tally(measured),
		Steps:   map[string]workflow.Step{ledger.RemoveFunction: step(ledger.Remove), ledger.AddFunction: step(ledger.Add)},
		Batches: records,
		BatchSteps: map[string]workflow.BatchStep{ledger.OffboardFunction: workflowstep.NewOffboard(workflowstep.OffboardConfig{
			Offboarding: cfg.StepOffboards,
			OneChatConfig: workflowstep.OneChatConfig{
				Off: cfg.StepsOff, Gate: gate, Region: cfg.Region, Rails: held, Explainer: explainer, Lines: lines,
			},
		})},
	})
	planner := batch.NewPlanner(batch.PlannerConfig{
		Records: records, Chats: book, Reader: chats, Rails: held, Lines: lines, Region: cfg.Region, Logger: logger,
	})
	// A try reads the chat and then changes it. Readings and changes are bounded separately, so two tries for
	// each call keep both busy.
	const confirms = 16
	return ledger.Workers{
		Try: steps.Try, Confirm: steps.Confirm, Show: publisher.Run, Execute: execute.Run,
		Plan: planner.Plan, ShowBatch: publisher.RunBatch,
		TryConcurrency: 2 * cfg.Concurrency, ConfirmConcurrency: max(confirms, 2*cfg.Concurrency),
		BulkConcurrency: bulkConcurrency(cfg.Concurrency),
	}
}

// bulkConcurrency leaves a quarter of the calls to Linq, and at least one, to what people ask for one by one. With one
// call at a time there is none to leave.
func bulkConcurrency(concurrency int) int { return max(1, concurrency-max(1, concurrency/4)) }
