package slackapi

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"
)

// Groups looks up the members of user groups in Slack.
type Groups struct {
	Slack *slack.Client
	// Workspaces returns the workspaces in which a group may be, since the token of an app that is installed for an
	// organisation names none. Optional.
	Workspaces func() []string
}

// GroupMembers implements [policy.Directory]. A group without members is taken for an answer that
// was not understood, since a refusal of Slack can look like one.
func (g Groups) GroupMembers(ctx context.Context, group string) ([]string, error) {
	var workspaces []string
	if g.Workspaces != nil {
		workspaces = g.Workspaces()
	}
	if len(workspaces) == 0 {
		return g.membersIn(ctx, group)
	}
	var trouble error
	for _, workspace := range workspaces {
		members, err := g.membersIn(ctx, group, slack.GetUserGroupMembersOptionTeamID(workspace))
		if err == nil {
			return members, nil
		}
		// A workspace without linqbot refuses with a code of its own. Others may still have the group; if none has,
		// that code is told.
		if trouble == nil || Code(trouble) == noGroup {
			trouble = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, trouble
}

const noGroup = "no_such_subteam"

func (g Groups) membersIn(ctx context.Context, group string, options ...slack.GetUserGroupMembersOption) ([]string, error) {
	members, err := g.Slack.GetUserGroupMembersContext(ctx, group, options...)
	if err != nil {
		return nil, err
	}
	if len(members) == 0 {
		return nil, fmt.Errorf("usergroups.users.list names nobody in %s", group)
	}
	return members, nil
}

// IsPrivate reports whether only invited members of this workspace read a conversation. If linqbot lacks the scope to
// know, the conversation counts as one that everybody reads.
func IsPrivate(ctx context.Context, client *slack.Client, channel string) (bool, error) {
	info, err := client.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
	if err != nil {
		return false, JudgeCall(err)
	}
	return (info.IsPrivate || info.IsIM || info.IsMpIM) && !info.IsExtShared, nil
}
