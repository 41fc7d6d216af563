// Package invocation is a command as the edge hands it in, before anybody has read it: who gave it, where, and what
// they wrote. The commands, offboardings and lists of people take one. What all of them refuse before anything is
// recorded is here as well: [RefuseProtected]. It reads no text and records no request. Begin with [Invocation].
package invocation

import "linqbot/commands/policy"

// Invocation is a command as a person gave it.
type Invocation struct {
	Delivery    string // the platform's id of this delivery
	TeamID      string
	ChannelID   string
	UserID      string
	Text        string
	ResponseURL string
	ThreadTS    string // a thread to answer in; "": one of our own
	Because     string // the reason, where a form has a field for it

	// OpenForm opens the form on a chat, "" for none. Optional; nil where no form can be opened.
	OpenForm func(chat string)
}

// Caller is who gave the command.
func (in Invocation) Caller() policy.Caller {
	return policy.Caller{Delivery: in.Delivery, TeamID: in.TeamID, ChannelID: in.ChannelID, UserID: in.UserID}
}
