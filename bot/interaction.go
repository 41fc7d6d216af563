package bot

import (
	"cmp"

	"linqbot/bot/blockkit"
	"linqbot/bot/slackapi"
	"linqbot/commands"
	"linqbot/commands/batch"
	"linqbot/commands/invocation"
	"linqbot/ledger"
)

// interaction has the fields of Slack's interaction payloads that are served. slack-go's own type
// knows more of them and less of some: it has no function_data, and no null team.
// Source: https://docs.slack.dev/interactivity/handling-user-interaction
type interaction struct {
	Type        string `json:"type"`
	CallbackID  string `json:"callback_id"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	Team        *struct {
		ID string `json:"id"`
	} `json:"team"`
	Enterprise *struct {
		ID string `json:"id"`
	} `json:"enterprise"`
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		ChannelID string `json:"channel_id"`
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	EnterpriseInstall bool             `json:"is_enterprise_install"`
	Message           slackapi.Message `json:"message"`
	Actions           []struct {
		ActionID       string `json:"action_id"`
		BlockID        string `json:"block_id"`
		Value          string `json:"value"`
		SelectedOption *struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	} `json:"actions"`
	View view `json:"view"`

	// block_suggestion
	ActionID string `json:"action_id"`
	Value    string `json:"value"`

	delivery string // names this delivery; made from the signature, since the payload has no id
}

// invocation is what the policy is asked about.
func (i interaction) invocation(channel string) invocation.Invocation {
	return invocation.Invocation{Delivery: i.delivery, TeamID: i.User.TeamID, UserID: i.User.ID, ChannelID: channel}
}

// view is a modal, or a Home tab, as Slack sends it back.
type view struct {
	ID              string `json:"id"`
	Type            string `json:"type"`
	Hash            string `json:"hash"`
	CallbackID      string `json:"callback_id"`
	PrivateMetadata string `json:"private_metadata"`
	InstalledTeamID string `json:"app_installed_team_id"`
	State           struct {
		Values map[string]map[string]field `json:"values"`
	} `json:"state"`
}

// field is what was chosen in a modal, or written into it.
type field struct {
	Value          string `json:"value"` // of a text
	SelectedOption *struct {
		Value string `json:"value"`
	} `json:"selected_option"`
	SelectedOptions []struct {
		Value string `json:"value"`
	} `json:"selected_options"`
}

// teams returns the ids that tell whether the request is ours. What counts is whose person acts: in a shared channel
// that may be somebody of another organisation. If the app is installed for an organisation, Slack may name no
// workspace, and the organisation vouches for the people of all its workspaces. Otherwise, for a button that others can
// press, the workspace that the payload names vouches for its people. A form says for which workspace its app is
// installed. Source: https://docs.slack.dev/apis/slack-connect, and the samples of slackapi/bolt-python.
func (i interaction) teams() (team, enterprise string) {
	own := ""
	if i.Team != nil {
		own = i.Team.ID
	}
	team = cmp.Or(i.View.InstalledTeamID, i.User.TeamID, own)
	if i.Enterprise != nil && (i.User.TeamID == "" || i.User.TeamID == own || own == "" || i.EnterpriseInstall || !i.othersMayPress()) {
		enterprise = i.Enterprise.ID
	}
	return team, enterprise
}

// othersMayPress reports whether people of other organisations can have sent this: they can press a
// button that a whole channel sees, and nothing else.
func (i interaction) othersMayPress() bool {
	return i.Type == "block_actions" && i.View.ID == "" && !i.Container.Ephemeral
}

func (i interaction) channel() string {
	if i.Channel.ID != "" {
		return i.Channel.ID
	}
	return i.Container.ChannelID
}

// thread returns the thread in which the message stands, or would open. None opens at a message that
// only one person sees.
func (i interaction) thread() string {
	if i.Container.Ephemeral {
		return i.Container.ThreadTS
	}
	for _, ts := range []string{i.Container.ThreadTS, i.Message.ThreadTS, i.Message.TS, i.Container.MessageTS} {
		if ts != "" {
			return ts
		}
	}
	return ""
}

// source says by which way an interaction asks for something.
func (i interaction) source() ledger.Source {
	switch i.Type {
	case "block_suggestion":
		return ledger.ChatSearch
	case "block_actions":
		for _, action := range i.Actions {
			switch action.ActionID {
			case commands.ActionConfirm, commands.ActionCancel, batch.ActionConfirm, batch.ActionType, batch.ActionDecline,
				batch.ActionPause, batch.ActionResume, batch.ActionStop:
				return ledger.Answered
			case commands.ActionUndo, batch.ActionAddBack:
				return ledger.UndoButton
			case commands.ActionMore:
				return ledger.ChatList
			case commands.ActionPause, commands.ActionResume:
				return ledger.HomeSwitch
			}
		}
	case "view_submission":
		if i.View.CallbackID == blockkit.CallbackPause {
			return ledger.HomeSwitch
		}
	}
	return ledger.Modal
}
