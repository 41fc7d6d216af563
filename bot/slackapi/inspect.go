package slackapi

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// Inspector asks Slack about what linqbot was set up with, for the one who sets it up. It is no part
// of serving: the scope that names of channels take is not in the manifest, so it does without.
type Inspector struct {
	api *slack.Client
}

// NewInspector returns an inspector of the workspace that a token is of.
func NewInspector(token, apiURL string) Inspector { return Inspector{api: New(token, apiURL)} }

// Identity is what Slack says of a token.
type Identity struct {
	Team         string
	TeamID       string
	EnterpriseID string
	Workspace    string   // https://acme.slack.com/
	User         string   // the bot's name
	Scopes       []string // granted; nil if Slack did not say
}

// Identify asks whose token it is.
func (i Inspector) Identify(ctx context.Context) (Identity, error) {
	own, err := i.api.AuthTestContext(ctx)
	if err != nil {
		return Identity{}, err
	}
	id := Identity{
		Team: own.Team, TeamID: own.TeamID, EnterpriseID: own.EnterpriseID, Workspace: own.URL, User: own.User,
	}
	for scope := range strings.SplitSeq(own.Header.Get("X-OAuth-Scopes"), ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			id.Scopes = append(id.Scopes, scope)
		}
	}
	return id, nil
}

// UserGroup is a group of people in the workspace.
type UserGroup struct {
	Handle   string // without the @
	Disabled bool
}

// UserGroups returns the user groups with the given ids that are there, also those that are disabled. It looks in the
// workspaces, of which an organisation's token needs one. An error means that a group which is not returned may be there.
func (i Inspector) UserGroups(ctx context.Context, ids, workspaces []string) (map[string]UserGroup, error) {
	groups := make(map[string]UserGroup, len(ids))
	err := inEach(ctx, workspaces, func(workspace string) (found bool, err error) {
		listed, err := i.api.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeDisabled(true), slack.GetUserGroupsOptionTeamID(workspace))
		for _, group := range listed {
			if slices.Contains(ids, group.ID) {
				groups[group.ID] = UserGroup{Handle: group.Handle, Disabled: group.DateDelete != 0}
			}
		}
		return len(groups) == len(ids), err
	})
	return groups, err
}

// Channel is a conversation, as far as linqbot can see it.
type Channel struct {
	Name     string // "" where linqbot's scopes do not show it
	Archived bool
	Closed   bool // it is not there, or it is private and linqbot is not in it: Slack tells the two apart for members only
}

// Channel looks a channel up. Without the scope for its name it is asked for its newest message,
// which is not looked at: Slack then says whether it is there.
func (i Inspector) Channel(ctx context.Context, id string) (Channel, error) {
	info, err := i.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
	if err == nil {
		return Channel{Name: info.Name, Archived: info.IsArchived}, nil
	}
	if Code(err) == "missing_scope" {
		_, err = i.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: id, Limit: 1})
	}
	switch Code(err) {
	case "channel_not_found":
		return Channel{Closed: true}, nil
	case "not_in_channel":
		return Channel{}, nil
	}
	return Channel{}, err
}

// Code returns the code of a refusal of Slack's, such as invalid_auth; "" if err is something else.
func Code(err error) string {
	if refusal, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return refusal.Err
	}
	if _, limited := errors.AsType[*slack.RateLimitedError](err); limited {
		return "ratelimited"
	}
	return ""
}

// Status returns the HTTP status of an answer that did not come from Slack's API, such as a 404 from
// something else at its address; 0 if err is something else.
func Status(err error) int {
	if answer, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return answer.Code
	}
	return 0
}
