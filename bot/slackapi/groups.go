package slackapi

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"
)

// Groups looks up the members of user groups in Slack.
type Groups struct {
	Slack *slack.Client
}

// GroupMembers implements [commands.Directory]. A group without members is taken for an answer that
// was not understood, since a refusal of Slack can look like one.
func (g Groups) GroupMembers(ctx context.Context, group string) ([]string, error) {
	members, err := g.Slack.GetUserGroupMembersContext(ctx, group)
	if err != nil {
		return nil, err
	}
	if len(members) == 0 {
		return nil, fmt.Errorf("usergroups.users.list names nobody in %s", group)
	}
	return members, nil
}
