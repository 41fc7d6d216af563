package slackapi

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"
)

// Groups looks up the members of user groups in Slack.
type Groups struct {
	Slack *slack.Client
	// Team returns the workspace of the groups: the token of an app that is installed for an organisation does not
	// say it. Optional.
	Team func() string
}

// GroupMembers implements [policy.Directory]. A group without members is taken for an answer that
// was not understood, since a refusal of Slack can look like one.
func (g Groups) GroupMembers(ctx context.Context, group string) ([]string, error) {
	var options []slack.GetUserGroupMembersOption
	if g.Team != nil && g.Team() != "" {
		options = append(options, slack.GetUserGroupMembersOptionTeamID(g.Team()))
	}
	members, err := g.Slack.GetUserGroupMembersContext(ctx, group, options...)
	if err != nil {
		return nil, err
	}
	if len(members) == 0 {
		return nil, fmt.Errorf("usergroups.users.list names nobody in %s", group)
	}
	return members, nil
}
