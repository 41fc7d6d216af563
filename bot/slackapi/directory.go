package slackapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
func (g Groups) GroupMembers(ctx context.Context, group string) (members []string, err error) {
	var workspaces []string
	if g.Workspaces != nil {
		workspaces = g.Workspaces()
	}
	err = inEach(ctx, workspaces, func(workspace string) (found bool, err error) {
		members, err = g.Slack.GetUserGroupMembersContext(ctx, group, slack.GetUserGroupMembersOptionTeamID(workspace))
		if err == nil && len(members) == 0 {
			err = fmt.Errorf("usergroups.users.list names nobody in %s", group)
		}
		return err == nil, err
	})
	if err != nil {
		return nil, err
	}
	return members, nil
}

// WorkspacesAmong returns the workspaces among ids of workspaces and organisations.
func WorkspacesAmong(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !strings.HasPrefix(id, "T") })
}

const noGroup = "no_such_subteam"

// inEach makes a call about user groups in each workspace in which they may be, until one has what is looked for. Slack
// wants a workspace named for the token of an organisation. Without workspaces the call names none, which is "".
// A workspace that linqbot was taken from says no in other words. It must not hide the groups of the others, so its error
// is returned only if no workspace has what is looked for.
func inEach(ctx context.Context, workspaces []string, call func(workspace string) (found bool, err error)) error {
	if len(workspaces) == 0 {
		workspaces = []string{""}
	}
	var trouble error
	for _, workspace := range workspaces {
		found, err := call(workspace)
		if found {
			return nil
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
	return trouble
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
