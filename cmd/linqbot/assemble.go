package main

import (
	"context"

	"github.com/sirupsen/logrus"

	"linqbot/bot"
	"linqbot/commands"
	"linqbot/ledger"
	"linqbot/linq"
)

// app is the program put together.
type app struct {
	bot     *bot.Bot
	teams   *bot.Teams
	workers ledger.Workers
}

func assemble(ctx context.Context, cfg settings, records *ledger.Ledger, logger *logrus.Logger) (*app, error) {
	chats, err := linq.New(linq.Config{BaseURL: cfg.linqURL, APIKey: cfg.linqKey, UserAgent: "linqbot/" + version})
	if err != nil {
		return nil, err
	}
	api, outbound := bot.NewSlack(cfg.slackToken, cfg.slackURL), bot.NewHTTPClient()
	teams, err := bot.NewTeams(ctx, bot.TeamsConfig{IDs: cfg.teams, Slack: api, Settings: records, Logger: logger})
	if err != nil {
		return nil, err
	}
	policy := cfg.policy
	policy.Members = commands.NewGroupCache(commands.GroupCacheConfig{Directory: bot.Groups{Slack: api}})
	explainer := commands.Explainer{FullHandles: cfg.fullHandles}
	book := commands.NewChatBook(commands.ChatBookConfig{Lister: chats, Region: cfg.region})
	remove := commands.NewRemove(commands.RemoveConfig{
		Policy: policy, Recorder: records, Region: cfg.region, Logger: logger,
		Ask: cfg.confirm, Questions: records, Chats: chats,
	})
	findChats := commands.NewFindChats(commands.FindChatsConfig{Policy: policy, Book: book, Logger: logger})
	return &app{
		teams:   teams,
		workers: newWorkers(cfg, records, policy, chats, teams, explainer, logger),
		bot: bot.New(bot.Config{
			SigningSecrets: cfg.signingSecrets,
			Commands:       map[string]bot.Command{bot.RemoveCommand: remove, bot.ChatsCommand: findChats},
			Teams:          teams,
			SlackURL:       cfg.slackURL,
			Ready:          records.Ready,
			Logger:         logger,
			Events:         records,
			Webhooks:       newWebhooks(cfg, records, logger),
			Interactive: &bot.Interactive{
				Slack: api, HTTP: outbound, Remove: remove, FindChats: findChats, Book: book, Chats: chats, Region: cfg.region,
				Undo: commands.NewUndo(commands.UndoConfig{
					Policy: policy, Recorder: records, Records: records, Explainer: explainer, Logger: logger,
				}),
			},
		}),
	}, nil
}

// newWebhooks is nil without a secret: removals are then confirmed by reading alone.
func newWebhooks(cfg settings, records *ledger.Ledger, logger *logrus.Logger) *bot.Webhooks {
	if cfg.webhooks == nil {
		return nil
	}
	sightings := commands.NewSightings(commands.SightingsConfig{Records: records, Logger: logger})
	return &bot.Webhooks{Verifier: cfg.webhooks, Take: sightings.Take}
}

// newWorkers are the steps that carry requests on.
func newWorkers(cfg settings, records *ledger.Ledger, policy commands.Policy, chats *linq.Client,
	teams *bot.Teams, explainer commands.Explainer, logger *logrus.Logger,
) ledger.Workers {
	steps := commands.NewSteps(commands.StepsConfig{Chats: chats, Records: records, Logger: logger})
	show := bot.NewShow(bot.ShowConfig{
		Views: records, Slack: bot.NewSlack(cfg.slackToken, cfg.slackURL), HTTP: bot.NewHTTPClient(), Teams: teams,
		Logger: logger, Explainer: explainer,
	})
	execute := bot.NewExecute(bot.ExecuteConfig{
		Runs: records, Token: cfg.slackToken, APIURL: cfg.slackURL, HTTP: bot.NewHTTPClient(), Logger: logger,
		Workflow: commands.NewWorkflow(commands.WorkflowConfig{
			Off: cfg.stepsOff, Policy: policy, Region: cfg.region, Explainer: explainer,
		}),
	})
	return ledger.Workers{Try: steps.Try, Confirm: steps.Confirm, Show: show.Run, Execute: execute.Run}
}
