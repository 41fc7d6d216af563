package policy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands/commandstest"
	"linqbot/commands/policy"
)

// groupsOf are user groups as the policy sees them.
type groupsOf struct {
	members map[string]string        // group to its only member
	broken  map[string]bool          // groups whose look-up fails
	slow    map[string]time.Duration // groups whose look-up takes time
	asked   []string
}

func (g *groupsOf) InGroup(ctx context.Context, user, group string) (bool, error) {
	g.asked = append(g.asked, group)
	select {
	case <-time.After(g.slow[group]):
	case <-ctx.Done():
		return false, ctx.Err()
	}
	if g.broken[group] {
		return false, errors.New("slack: internal_error")
	}
	return g.members[group] == user, nil
}

type policyRow struct {
	name          string
	policy        policy.Policy
	members       groupsOf
	user, channel string // U1 and C1 if empty
	allowed       bool
	rule          string
	asked         string // the groups that were looked up
	takes         time.Duration
}

func policyRows() []policyRow {
	member := map[string]string{"S1": "U1"}
	return []policyRow{
		{name: "the zero policy"},
		{name: "only channels", policy: policy.Policy{Channels: []string{"C1"}}},
		{name: "a named user", policy: policy.Policy{Users: []string{"U0", "U1"}}, allowed: true, rule: "user U1"},
		{name: "another user", policy: policy.Policy{Users: []string{"U0"}}},
		{name: "another of three users", policy: policy.Policy{Users: []string{"U7", "U8", "U9"}}},
		{name: "another of many users", policy: policy.Policy{Users: []string{"U6", "U7", "U8", "U9"}}},
		{name: "two users", policy: policy.Policy{Users: []string{"U7", "U8"}}},
		{name: "a star is nobody's id", policy: policy.Policy{Users: []string{"*"}}},
		{name: "in another case", policy: policy.Policy{Users: []string{"u1"}}},
		{name: "everyone", policy: policy.Policy{Everyone: true}, allowed: true, rule: "everyone"},
		{
			name: "everyone, and named as well", policy: policy.Policy{Everyone: true, Users: []string{"U1"}, Groups: []string{"S1"}},
			allowed: true, rule: "user U1",
		},
		{
			name: "in the group", policy: policy.Policy{Groups: []string{"S1"}}, members: groupsOf{members: member},
			allowed: true, rule: "group S1", asked: "S1",
		},
		{
			name: "in the second group", policy: policy.Policy{Groups: []string{"S0", "S1", "S2"}}, members: groupsOf{members: member},
			allowed: true, rule: "group S1", asked: "S0 S1",
		},
		{name: "not in the group", policy: policy.Policy{Groups: []string{"S1"}}, user: "U2", members: groupsOf{members: member}, asked: "S1"},
		{
			name: "neither named nor in the group", policy: policy.Policy{Users: []string{"U9"}, Groups: []string{"S1"}},
			user: "U2", members: groupsOf{members: member}, asked: "S1",
		},
		{
			name: "named: no group is looked up", policy: policy.Policy{Users: []string{"U1"}, Groups: []string{"S1"}},
			members: groupsOf{broken: map[string]bool{"S1": true}}, allowed: true, rule: "user U1",
		},
		{
			name: "the look-up fails", policy: policy.Policy{Groups: []string{"S1"}},
			members: groupsOf{members: member, broken: map[string]bool{"S1": true}}, asked: "S1",
		},
		{
			name: "one look-up fails, another group lets in", policy: policy.Policy{Groups: []string{"S0", "S1"}},
			members: groupsOf{members: member, broken: map[string]bool{"S0": true}}, allowed: true, rule: "group S1", asked: "S0 S1",
		},
		{
			name: "one look-up fails, another group does not let in", policy: policy.Policy{Groups: []string{"S0", "S1"}}, user: "U2",
			members: groupsOf{members: member, broken: map[string]bool{"S0": true}}, asked: "S0 S1",
		},
		{
			name: "the look-up is slow", policy: policy.Policy{Groups: []string{"S1"}},
			members: groupsOf{members: member, slow: map[string]time.Duration{"S1": 1900 * time.Millisecond}},
			allowed: true, rule: "group S1", asked: "S1", takes: 1900 * time.Millisecond,
		},
		{
			name: "the look-up is too slow", policy: policy.Policy{Groups: []string{"S1"}},
			members: groupsOf{members: member, slow: map[string]time.Duration{"S1": 2100 * time.Millisecond}},
			asked:   "S1", takes: 2 * time.Second,
		},
		{
			name: "all look-ups together are too slow", policy: policy.Policy{Groups: []string{"S0", "S1"}},
			members: groupsOf{members: member, slow: map[string]time.Duration{"S0": 1500 * time.Millisecond, "S1": 1500 * time.Millisecond}},
			asked:   "S0 S1", takes: 2 * time.Second,
		},
		{
			name: "the channel is one of those", policy: policy.Policy{Everyone: true, Channels: []string{"C0", "C1"}},
			allowed: true, rule: "everyone",
		},
		{name: "another channel", policy: policy.Policy{Everyone: true, Channels: []string{"C1"}}, channel: "C2"},
		{name: "another channel than two", policy: policy.Policy{Everyone: true, Channels: []string{"C7", "C8"}}},
		{name: "another channel than three, for a named user", policy: policy.Policy{Users: []string{"U1"}, Channels: []string{"C7", "C8", "C9"}}},
		{name: "no channel", policy: policy.Policy{Everyone: true, Channels: []string{"C1"}}, channel: "-"},
	}
}

func (r *policyRow) decide(ctx context.Context) policy.Decision {
	policy, user, channel := r.policy, "U1", "C1"
	policy.Members = &r.members
	if r.user != "" {
		user = r.user
	}
	if r.channel != "" {
		channel = strings.Trim(r.channel, "-")
	}
	return policy.Decide(ctx, user, channel)
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	for _, row := range policyRows() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				got := row.decide(t.Context())
				assert.Equal(t, got.Allowed, row.allowed)
				if want := row.rule; row.allowed {
					assert.Equal(t, got.Rule, want)
				} else {
					assert.Equal(t, got.Unknown, got.Rule == policy.DeniedUnknown)
					assert.Equal(t, strings.HasPrefix(got.Why.String(), "Removals are"), got.Rule == policy.DeniedByChannel)
					assert.Assert(t, got.Rule != "")
				}
				assert.Equal(t, len(got.Why) == 0, row.allowed, "who is denied is told why")
				assert.Equal(t, strings.Join(row.members.asked, " "), row.asked)
				assert.Equal(t, time.Since(began), row.takes)
			})
		})
	}
}

func TestDenials(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var shown strings.Builder
		for _, row := range policyRows() {
			if !row.allowed {
				fmt.Fprintf(&shown, "%s: %s\n", row.name, commandstest.MarkedUp(row.decide(t.Context()).Why))
			}
		}
		golden.Assert(t, shown.String(), "denials.golden")
	})
}

func TestParseIDs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ list, want string }{
		{"", ""},
		{" ", ""},
		{"U1", "U1"},
		{"U1,U2", "U1|U2"},
		{" U1 , U2 ,", "U1|U2"},
		{"U1,,U2,U1", "U1|U2"},
		{"U1\n,U2", "U1|U2"},
	} {
		assert.Equal(t, strings.Join(policy.ParseIDs(test.list), "|"), test.want, "%q", test.list)
	}
}
