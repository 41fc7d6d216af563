package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"linqbot/bot"
	"linqbot/bot/slacktest"
	"linqbot/commands/batch"
	"linqbot/linq/linqtest"
)

// runWorkflow posts what a workflow starts from, and has the workflow run the step.
func runWorkflow(ctx context.Context, s *env) error {
	const channel = "offboarding"
	asked := s.slack.PostAs(User, scene{channel: channel}.channelID(), "", "Please take (415) 555-0154 out of Spring launch")
	ack, err := s.slack.SendEvent(ctx, s.botURL, s.slack.Envelope(map[string]any{
		"type": "function_executed", "function": map[string]any{"callback_id": "remove_participant"},
		"function_execution_id": executionID,
		"inputs": map[string]any{
			"chat_id": s.chatID, "handle": "(415) 555-0154", "requested_by": User,
			"channel_id": scene{channel: channel}.channelID(), "message_ts": asked.TS,
		},
	}))
	return answered(ack, err)
}

// useForm opens the form as /linq-remove alone does, picks the chat, then the person, and submits.
func useForm(ctx context.Context, s *env) error {
	ack, err := s.slack.Send(ctx, s.botURL, slacktest.Command{UserID: User, ChannelID: scene{channel: "sales"}.channelID()})
	if err := answered(ack, err); err != nil {
		return err
	}
	chat := slacktest.Field{BlockID: "chat", ActionID: "chat", Value: s.chatID}
	form, err := s.awaitForm(ctx, "Group chat")
	if err != nil {
		return err
	}
	ack, err = s.slack.Pick(ctx, s.botURL, form, chat)
	if err := answered(ack, err); err != nil {
		return err
	}
	if form, err = s.awaitForm(ctx, "People to remove"); err != nil {
		return err
	}
	ack, err = s.slack.Submit(ctx, s.botURL, form, chat,
		slacktest.Field{BlockID: "people-" + s.chatID, ActionID: "people", Values: []string{"+14155550165"}})
	return answered(ack, err)
}

// awaitForm waits until the newest form shows a label.
func (s *env) awaitForm(ctx context.Context, label string) (slacktest.View, error) {
	var form slacktest.View
	err := s.slack.Await(ctx, func(*slacktest.Slack) bool {
		views := s.slack.Views()
		if len(views) == 0 {
			return false
		}
		form = views[len(views)-1]
		return strings.Contains(string(form.Body), label)
	})
	return form, err
}

// pressAddBack presses the button under the first removal.
func pressAddBack(ctx context.Context, s *env) error {
	for _, m := range s.slack.Messages(scene{channel: "launch"}.channelID()) {
		if strings.Contains(m.Rendered, "Add back") {
			return answered(s.slack.Press(ctx, s.botURL, User, m, "add_back"))
		}
	}
	return errors.New("no message with the button")
}

// offboard asks for a removal from every chat, and presses the button of the proposal.
func offboard(ctx context.Context, s *env) error {
	channel := scene{channel: "people"}.channelID()
	s.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: len(otherChats()), Delay: hangTime})
	ack, err := s.slack.Send(ctx, s.botURL, slacktest.Command{
		Command: bot.OffboardCommand, UserID: User, ChannelID: channel, Text: "(415) 555-0190",
	})
	if err := answered(ack, err); err != nil {
		return err
	}
	var proposal slacktest.Message
	if err := s.slack.Await(ctx, func(*slacktest.Slack) bool {
		for _, m := range s.slack.Ephemerals(channel, User) {
			if strings.Contains(string(m.Blocks), batch.ActionConfirm) {
				proposal = m
				return true
			}
		}
		return false
	}); err != nil {
		return err
	}
	return answered(s.slack.Press(ctx, s.botURL, User, proposal, batch.ActionConfirm))
}

// showProgress prints the channel while some have left, unless it all went too fast for that.
func showProgress(ctx context.Context, out io.Writer, s *env) error {
	var screen string
	if err := s.slack.Await(ctx, func(*slacktest.Slack) bool {
		screen = s.slack.Screen(scene{channel: "people"}.channelID(), User)
		return strings.Contains(screen, "▓") || strings.Contains(screen, "It is done")
	}); err != nil {
		return err
	}
	if strings.Contains(screen, "▓") {
		fmt.Fprintf(out, "%s\n   (a moment later)\n\n", indent(screen, "   "))
	}
	return nil
}

func answered(ack slacktest.Ack, err error) error {
	const ok = 200
	if err == nil && ack.Status != ok {
		err = fmt.Errorf("the bot answered %d", ack.Status)
	}
	return err
}
