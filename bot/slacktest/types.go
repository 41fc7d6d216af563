package slacktest

import (
	"encoding/json"

	"linqbot/bot/slacktest/internal/blocks"
	"linqbot/bot/slacktest/internal/webapi"
	"linqbot/bot/slacktest/internal/workspace"
)

// What the workspace holds.
type (
	// User is a person or an app as Slack knows them.
	User = workspace.User
	// Group is a user group, such as @support.
	Group = workspace.Group
	// Channel is a conversation of any kind.
	Channel = workspace.Channel
	// Kind is the kind of a [Channel].
	Kind = workspace.Kind
	// Message is a message as it stood when it was read.
	Message = workspace.Message
	// File is a file that a message shares.
	File = workspace.File
	// View is a modal or a Home tab.
	View = workspace.View
	// Execution is one run of a workflow step.
	Execution = workspace.Execution
)

// The kinds of a [Channel].
const (
	Public  = workspace.Public
	Private = workspace.Private
	DM      = workspace.DM   // between two people, or between a person and the app
	MPIM    = workspace.MPIM // between several people
)

// Where an [Execution] stands.
const (
	Running   = workspace.Running
	Completed = workspace.Completed
	Failed    = workspace.Failed
)

// CheckMessage returns every limit of Slack's that a message breaks, each as the place and what is
// wrong there; none means that it is safe to post. It also tells what Slack tolerates but advises
// against: a long text, and blocks without the text that notifications and screen readers use.
func CheckMessage(raw json.RawMessage, text string) []string { return blocks.CheckMessage(raw, text) }

// CheckView does the same for a modal or a Home tab.
func CheckView(view json.RawMessage) []string { return blocks.CheckView(view) }

// ScopesOf returns the bot scopes any of which allows a Web API method (which one may depend on
// the kind of channel), none if it needs none, and false for a method that this Slack does not
// know. An app's manifest can be held against it.
func ScopesOf(name string) ([]string, bool) { return webapi.ScopesOf(name) }
