package blockkit

import (
	"github.com/slack-go/slack"

	"linqbot/commands"
	"linqbot/commands/richtext"
)

// The parts of the form that asks why removals are to be paused.
const (
	CallbackPause = "pause_removals" // callback id of the form
	ActionReason  = "reason"         // of its field, in the block BlockReason
)

// PauseForm builds the form that asks why all removals are to be paused.
func (r Renderer) PauseForm() slack.ModalViewRequest {
	reason := slack.NewPlainTextInputBlockElement(plain("What is wrong, and what has to happen first"), ActionReason).
		WithMaxLength(commands.LongestPauseReason)
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: CallbackPause,
		Title: plain("Pause all removals"), Submit: plain("Pause"), Close: plain("Cancel"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			r.section(richtext.Say("Nobody is removed by linqbot until removals are resumed. What is asked for meanwhile is kept. Everybody who asks is told who paused removals, and why.")),
			slack.NewInputBlock(BlockReason, plain("Reason"), nil, reason),
		}},
	}
}

// PauseEnded builds what takes the form's place: the answer to it.
func (r Renderer) PauseEnded(answer richtext.Answer) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: CallbackPause, Title: plain("Pause all removals"), Close: plain("Close"),
		Blocks: slack.Blocks{BlockSet: r.Answer(answer).Blocks},
	}
}

// switchBlocks show that removals are paused, and the switch to those who may turn it.
func (r Renderer) switchBlocks(h Home) (blocks []slack.Block) {
	for _, told := range h.Paused {
		blocks = append(blocks, r.section(told))
	}
	if !h.Admin {
		return blocks
	}
	turn := richtext.Button("Pause all removals…", commands.ActionPause, "")
	turn.Danger = true
	if len(h.Paused) > 0 {
		turn = richtext.Button("Resume removals", commands.ActionResume, "")
	}
	return append(blocks, buttons(turn))
}
