package playground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/internal/slackhtml"
)

// act is something that a person does in the page.
type act struct {
	*world
	place

	form url.Values
}

// done is what the page is told of an act: what to say, and where to go.
type done struct {
	Notice string `json:"notice,omitempty"`
	Go     string `json:"go,omitempty"`
}

// acts are all there are, by name.
func acts() map[string]func(context.Context, act) (done, error) {
	return map[string]func(context.Context, act) (done, error){
		"say": say, "press": press, "home": openHome, "press-home": pressHome,
		"shortcut": useShortcut, "message-shortcut": useMessageShortcut, "step": runStep,
		"choose": choose, "submit": submit, "press-modal": pressModal, "close": closeModal,
		"bot": driveBot, "trouble": switchTrouble, "setting": changeSetting, "leave": leave, "reset": reset,
	}
}

// failed says what Slack shows when the bot does not answer as it should; nil if it does.
func failed(ack slacktest.Ack, err error) error {
	const fine = 200
	switch {
	case err != nil && errors.Is(err, context.DeadlineExceeded):
		return errors.New("linqbot did not answer within 3 seconds; Slack shows a warning sign, and asks to try again")
	case err != nil:
		return errors.New("linqbot cannot be reached; Slack shows a warning sign, and asks to try again")
	case ack.Status != fine:
		return fmt.Errorf("linqbot answered %d; Slack shows a warning sign, and asks to try again", ack.Status)
	}
	return nil
}

// say posts what was typed, or carries out the command that it is.
func say(ctx context.Context, a act) (done, error) {
	text := strings.TrimSpace(a.form.Get("text"))
	channel, ok := a.channel(a.place)
	if file := a.form.Get("file"); ok && file != "" {
		a.Slack.ShareAs(a.As, channel.ID, a.form.Get("file-name"), []byte(file))
	}
	if text == "" || !ok {
		return done{}, nil
	}
	if a.form.Get("where") != "thread" {
		a.Thread = ""
	}
	name, arguments, _ := strings.Cut(text, " ")
	switch {
	case !strings.HasPrefix(name, "/"):
		return a.post(ctx, channel, text)
	case a.Thread != "":
		a.Slack.Tell(a.As, channel.ID, a.Thread, "`"+name+"` is not supported in threads. Sorry!")
	case a.app.has(name):
		_, _ = a.Slack.Send(ctx, a.Bot.URL(), slacktest.Command{ // what goes wrong is shown in the channel
			Command: name, Text: strings.TrimSpace(arguments), UserID: a.As, ChannelID: channel.ID,
		})
	case name == "/invite" || name == "/remove" || name == "/kick":
		a.Slack.SetMember(channel.ID, a.Slack.Config().BotUserID, name == "/invite")
		a.Slack.Tell(a.As, channel.ID, "", map[bool]string{true: "linqbot is in this channel now.", false: "linqbot is no longer in this channel."}[name == "/invite"])
	default:
		a.Slack.Tell(a.As, channel.ID, "", "`"+name+"` is not a valid command. The page knows those of linqbot, /invite and /kick.")
	}
	return done{}, nil
}

func (a act) post(ctx context.Context, channel slacktest.Channel, text string) (done, error) {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	posted := a.Slack.PostAs(a.As, channel.ID, a.Thread, text)
	if channel.Kind != slacktest.DM {
		return done{}, nil
	}
	ack, err := a.Slack.SendEvent(ctx, a.Bot.URL(), a.Slack.Envelope(map[string]any{
		"type": "message", "channel_type": "im", "user": a.As, "channel": channel.ID, "text": text, "ts": posted.TS, "event_ts": posted.TS,
	}))
	return done{}, failed(ack, err)
}

// pressed reads which button was pressed.
func (a act) pressed() (slackhtml.Press, error) {
	var p slackhtml.Press
	err := json.Unmarshal([]byte(a.form.Get("press")), &p)
	return p, err
}

// message finds the message that something is done to.
func (a act) message() (slacktest.Message, error) {
	ts := a.form.Get("ts")
	for _, m := range a.visible(a.In, a.As) {
		if m.TS == ts {
			return m, nil
		}
	}
	return slacktest.Message{}, errors.New("this message is gone")
}

func press(ctx context.Context, a act) (done, error) {
	p, err := a.pressed()
	if err != nil {
		return done{}, err
	}
	m, err := a.message()
	if err != nil {
		return done{}, err
	}
	return done{}, failed(a.Slack.PressOne(ctx, a.Bot.URL(), a.As, m, p.ActionID, p.Value))
}

// openHome opens the Home tab, which the bot is told of.
func openHome(ctx context.Context, a act) (done, error) {
	err := failed(a.Slack.OpenHome(ctx, a.Bot.URL(), a.As))
	return done{Go: a.Query("in", home, "thread", "")}, err
}

func pressHome(ctx context.Context, a act) (done, error) {
	p, err := a.pressed()
	if err != nil {
		return done{}, err
	}
	return done{}, failed(a.Slack.PressHome(ctx, a.Bot.URL(), a.As, p.ActionID, p.Value))
}

func useShortcut(ctx context.Context, a act) (done, error) {
	return done{}, failed(a.Slack.Shortcut(ctx, a.Bot.URL(), a.As, a.form.Get("callback")))
}

func useMessageShortcut(ctx context.Context, a act) (done, error) {
	m, err := a.message()
	if err != nil {
		return done{}, err
	}
	return done{}, failed(a.Slack.MessageShortcut(ctx, a.Bot.URL(), a.As, a.form.Get("callback"), m))
}

// runStep has a workflow run a step, as Slack does for who builds one.
func runStep(ctx context.Context, a act) (done, error) {
	s, ok := a.app.step(a.form.Get("callback"))
	if !ok {
		return done{}, errors.New("there is no such step")
	}
	inputs, channel := map[string]any{}, a.In
	for _, in := range s.Inputs {
		value := strings.TrimSpace(a.form.Get("input:" + in.Name))
		if in.Required && value == "" && in.Type != "boolean" {
			return done{}, fmt.Errorf("%s is missing", in.Title)
		}
		switch {
		case in.Type == "boolean":
			inputs[in.Name] = value == "true"
		case value != "":
			inputs[in.Name] = value
		}
		if in.Type == channelType && value != "" {
			channel = value
		}
	}
	at := a.place
	if at.In = channel; !a.isIn(at) {
		return done{}, errors.New("pick the channel in which the workflow is started")
	}
	starter := a.Slack.PostAs(a.As, channel, "", "Started the workflow *"+s.Title+"*")
	if a.form.Get("starter") != "" {
		inputs[a.form.Get("starter")] = starter.TS
	}
	id := "Fx0" + strings.ReplaceAll(starter.TS, ".", "")
	a.change(func() { a.runs = append(a.runs, run{ID: id, Title: s.Title, By: a.As}) })
	err := failed(a.Slack.SendEvent(ctx, a.Bot.URL(), a.Slack.Envelope(map[string]any{
		"type": "function_executed", "function": map[string]any{"callback_id": s.CallbackID}, "function_execution_id": id, "inputs": inputs,
	})))
	return done{Go: a.Query("step", "", "in", channel, "thread", "")}, err
}

// The types of a step's inputs that the page offers choices for.
const (
	channelType = "slack#/types/channel_id"
	userType    = "slack#/types/user_id"
)
