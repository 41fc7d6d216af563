package slacktest

import (
	"encoding/json"
	"fmt"

	"linqbot/bot/slacktest/internal/webapi"
	"linqbot/bot/slacktest/internal/workspace"
)

// Submission is what becomes of a modal that was submitted.
type Submission struct {
	Open   bool              // the modal stays, or has another content
	Errors map[string]string // by block id, to show at the fields
}

// Submitted does with a modal what the bot's answer to its submission says (surfaces/modals#handling_submissions). An
// empty answer closes it. An error means that Slack could make nothing of the answer; the modal then stays.
func (s *Slack) Submitted(v View, ack Ack) (Submission, error) {
	if trouble := troubleWith(ack, nil); trouble != "" {
		return Submission{Open: true}, fmt.Errorf("slacktest: submission: %s", trouble)
	}
	if len(ack.Body) == 0 {
		return Submission{}, nil
	}
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if err := json.Unmarshal(ack.Body, &answer); err != nil {
		return Submission{Open: true}, fmt.Errorf("slacktest: submission: %w", err)
	}
	switch answer.Action {
	case "", "clear":
		return Submission{}, nil
	case "errors":
		return Submission{Open: true, Errors: answer.Errors}, nil
	case "update":
		var err error
		s.change(func(w *workspace.Workspace) { err = webapi.UpdateView(w, v.ID, answer.View) })
		return Submission{Open: true}, err
	}
	return Submission{Open: true}, fmt.Errorf("slacktest: submission: no response_action %q", answer.Action)
}
