package commands

import "linqbot/commands/invocation"

// What a click on a button asks for.
const (
	ActionConfirm = "confirm_removal" // subject: the delivery
	ActionCancel  = "cancel_removal"  // subject: the delivery
	ActionUndo    = "add_back"        // subject: the removal's id
	ActionPick    = "remove_someone"  // subject: a chat id
	ActionMore    = "more_chats"      // subject: how many were shown, a space, the words
	ActionPause   = "pause_removals"  // no subject
	ActionResume  = "resume_removals" // no subject
)

// Click is a press of a button.
type Click struct {
	Delivery    string // the platform's id of this press
	Subject     string
	TeamID      string
	UserID      string
	ChannelID   string
	ThreadTS    string // the thread in which the button stands
	ResponseURL string
}

func (c Click) invocation() invocation.Invocation {
	return invocation.Invocation{Delivery: c.Delivery, TeamID: c.TeamID, ChannelID: c.ChannelID, UserID: c.UserID}
}
