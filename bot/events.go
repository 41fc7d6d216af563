package bot

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/slack-go/slack"

	"linqbot/bot/slackapi"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

// Events is what serving Slack's events needs of the ledger.
type Events interface {
	AcceptExecution(ctx context.Context, e ledger.Execution) (bool, error)
	TakeEvent(ctx context.Context, id string) (bool, error)
}

// envelope is an event as Slack delivers it. Source: https://docs.slack.dev/apis/events-api
type envelope struct {
	Type         string          `json:"type"`
	Challenge    string          `json:"challenge"`
	TeamID       string          `json:"team_id"`
	EnterpriseID string          `json:"enterprise_id"`
	EventID      string          `json:"event_id"`
	Event        json.RawMessage `json:"event"` // decoded once its type is known to be served
}

// event has the fields of the events that are served.
type event struct {
	Type    string `json:"type"`
	Subtype string `json:"subtype"`

	// function_executed
	Function struct {
		CallbackID string `json:"callback_id"`
	} `json:"function"`
	Inputs              json.RawMessage `json:"inputs"`
	FunctionExecutionID string          `json:"function_execution_id"`

	// app_home_opened
	Tab string `json:"tab"`

	// tokens_revoked
	Tokens struct {
		Bot []string `json:"bot"`
	} `json:"tokens"`

	// message, and User app_home_opened
	User        string `json:"user"`
	BotID       string `json:"bot_id"`
	Channel     string `json:"channel"`
	ChannelType string `json:"channel_type"`
}

// BuildHeader names the build in the answer to a url_verification, so that people who install linqbot
// see whether it is theirs. Only a sender who has the signing secret gets such an answer, so nobody
// else learns the build.
const BuildHeader = "X-Linqbot-Build"

// serveEvent answers an event. The event is recorded before it is acknowledged. If it cannot be
// recorded, Slack is asked to deliver it again. The number of deliveries is logged, and decides
// nothing.
func (b *Bot) serveEvent(w http.ResponseWriter, r *http.Request, d delivered) {
	log := b.loggerOf(r.Context())
	var e envelope
	if err := json.Unmarshal(d.body, &e); err != nil || e.Type == "" {
		b.refuseShape(w, r, http.StatusBadRequest)
		return
	}
	if retry := r.Header.Get("X-Slack-Retry-Num"); retry != "" {
		log = log.WithField("slack_retry", retry).WithField("slack_retry_reason", r.Header.Get("X-Slack-Retry-Reason"))
	}
	switch e.Type {
	case "url_verification":
		w.Header().Set(BuildHeader, b.cfg.Build)
		writeJSON(w, map[string]string{"challenge": e.Challenge})
		return
	case "event_callback":
	case string(AppRateLimited):
		if serves, _ := b.cfg.Teams.Serves(r.Context(), e.TeamID, e.EnterpriseID); serves {
			b.noticed(r.Context(), log, AppRateLimited)
		}
		return
	default:
		log.WithField("event", e.Type).Info("event of no interest")
		return
	}
	served, ok := decodeEvent(e.Event)
	log = log.WithField("event", served.Type).WithField("event_id", e.EventID)
	if !ok {
		log.Info("event of no interest")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), ackTime)
	defer cancel()
	switch serves, known := b.cfg.Teams.Serves(ctx, e.TeamID, e.EnterpriseID); {
	case !known:
		log.Warn("event not taken: the team is not known yet")
		w.WriteHeader(http.StatusInternalServerError)
		return
	case !serves:
		log.WithField("team", e.TeamID).Warn("event refused: not our team")
		if served.runsOurStep() && b.cfg.Gate != nil {
			b.cfg.Gate.Deny(ctx, ledger.WorkflowStep, policy.Caller{Delivery: e.EventID, TeamID: e.TeamID}, policy.DeniedByTeam, nil)
		}
		return
	}
	if notice := served.notice(); notice != "" {
		b.noticed(ctx, log, notice)
		return
	}
	if err := b.takeEvent(ctx, e, served); err != nil {
		log.WithError(err).Error("event not taken: the ledger does not answer")
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	log.Info("event taken")
}

// decodeEvent reads an event, if it is one that is served. Of any other it reads only the type, since
// the same fields may mean something else there.
func decodeEvent(encoded json.RawMessage) (event, bool) {
	var named struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(encoded, &named) // what cannot be read has no type that is served
	switch named.Type {
	case "function_executed", "message", "app_home_opened", string(TokensRevoked), string(appUninstalled):
	default:
		return event{Type: named.Type}, false
	}
	var e event
	if slackapi.Decode(encoded, &e) != nil {
		return event{Type: named.Type}, false
	}
	return e, e.runsOurStep() || e.isWrittenToUs() || e.opensHome() || e.notice() != ""
}

func (b *Bot) takeEvent(ctx context.Context, outer envelope, e event) error {
	if e.runsOurStep() {
		_, err := b.cfg.Events.AcceptExecution(ctx, ledger.Execution{
			ID: e.FunctionExecutionID, EventID: outer.EventID, TeamID: outer.TeamID, Function: e.Function.CallbackID, Inputs: ledger.NewSecret(string(e.Inputs)),
		})
		return err
	}
	if e.opensHome() {
		if b.cfg.Home != nil { // not kept: to publish a home twice does no harm
			b.cfg.Home.Opened(outer.TeamID, e.User)
		}
		return nil
	}
	if b.cfg.Interactive == nil {
		return nil
	}
	fresh, err := b.cfg.Events.TakeEvent(ctx, outer.EventID)
	if err != nil || !fresh {
		return err
	}
	b.goBackground(func(ctx context.Context) { b.help(ctx, e.Channel) })
	return nil
}

// runsOurStep recognises that a workflow runs a step of the app. Slack tells an app only of its own steps. An unknown
// step is therefore taken too, and ends with a sentence for people.
func (e event) runsOurStep() bool {
	return e.Type == "function_executed" && e.Function.CallbackID != "" && e.FunctionExecutionID != ""
}

// isWrittenToUs recognises what a person writes in the app's Messages tab; our own messages, and
// edits, come the same way.
func (e event) isWrittenToUs() bool {
	return e.Type == "message" && e.ChannelType == "im" && e.Subtype == "" && e.BotID == "" && e.User != "" && e.Channel != ""
}

// opensHome recognises that a person looks at their Home tab; the Messages tab is told of the same way.
func (e event) opensHome() bool {
	return e.Type == "app_home_opened" && e.Tab == "home" && e.User != ""
}

// help answers a message to the bot with what it can do.
func (b *Bot) help(ctx context.Context, channel string) {
	m := b.cfg.Teams.Renderer().Answer(commands.Help())
	if _, _, err := b.cfg.Interactive.Slack.PostMessageContext(ctx, channel, slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...)); err != nil {
		b.log.WithError(slackapi.Judge(err)).Warn("a message to the bot was not answered")
	}
}
