package policy

import (
	"context"
	"slices"
	"strings"
	"time"

	"linqbot/commands/richtext"
)

// Policy says who may act, and where. It denies by default.
type Policy struct {
	Users    []string // ids of members who may act
	Everyone bool     // everybody whom the workspace lets type a command may act
	Groups   []string // ids of user groups whose members may act
	Channels []string // ids of the channels in which commands work; empty: in all
	Members  Members  // looks the groups up; needed only with Groups

	adding bool // it speaks of adding people, not of removing them
}

// forAdding returns the same policy, with words about adding people.
func (p Policy) forAdding() Policy {
	p.adding = true
	return p
}

// Words are what a denial says of what is denied.
type Words struct {
	Changes string // "removals"
	Change  string // "remove", of people
	From    string // "from", a chat
}

// words returns those of the policy's denials.
func (p Policy) words() Words {
	if p.adding {
		return Words{Changes: "additions", Change: "add", From: "to"}
	}
	return Words{Changes: "removals", Change: "remove", From: "from"}
}

// Members knows who is in a user group.
type Members interface {
	// InGroup reports whether the user is in the group. An error means that it is not known.
	InGroup(ctx context.Context, user, group string) (bool, error)
}

// Decision is what the policy says to one person.
type Decision struct {
	Allowed bool
	Rule    string        // the rule that let the person in: "user U1", "group S1", "everyone"; or what said no
	Why     richtext.Text // for a denial: what to do instead
	Unknown bool          // denied only because a look-up failed
}

// lookUpTime is how long looking up user groups may take before the answer is no.
const lookUpTime = 2 * time.Second

// Decide says whether user may act in channel. A failed look-up denies.
func (p Policy) Decide(ctx context.Context, user, channel string) Decision {
	if why := p.denyChannel(channel); len(why) > 0 {
		return Decision{Why: why, Rule: DeniedByChannel}
	}
	return p.decideUser(ctx, user)
}

// denyChannel says why commands do not work in channel, and where they do; nothing if they work there.
func (p Policy) denyChannel(channel string) richtext.Text {
	if len(p.Channels) == 0 || slices.Contains(p.Channels, channel) {
		return nil
	}
	changes := strings.ToUpper(p.words().Changes[:1]) + p.words().Changes[1:]
	if channel == "" {
		return richtext.Say("%s are only allowed in %s. Ask for them there.", changes, p.whichChannels())
	}
	return richtext.Say("%s are not allowed in this channel. Ask for them in %s.", changes, p.whichChannels())
}

// decideUser says whether user may act where no channel is involved.
func (p Policy) decideUser(ctx context.Context, user string) Decision {
	switch {
	case slices.Contains(p.Users, user):
		return Decision{Allowed: true, Rule: "user " + user}
	case p.Everyone:
		return Decision{Allowed: true, Rule: "everyone"}
	case len(p.Groups) == 0:
		return Decision{Why: p.denial(), Rule: deniedByName}
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	unknown := false
	for _, group := range p.Groups {
		in, err := p.Members.InGroup(ctx, user, group)
		if err != nil {
			unknown = true
		} else if in {
			return Decision{Allowed: true, Rule: "group " + group}
		}
	}
	if unknown {
		return Decision{Unknown: true, Rule: deniedUnknown, Why: richtext.Say("Slack did not say whether you are in a group that may %s people, so the answer is no for now. Try again in a minute.", p.words().Change)}
	}
	return Decision{Why: p.denial(), Rule: deniedByName}
}

func (p Policy) denial() richtext.Text {
	const named = 3
	w := p.words()
	if len(p.Users) == 0 {
		return richtext.Say("You may not %s people %s Linq chats. Ask someone who runs linqbot to add you to a user group that may.", w.Change, w.From)
	}
	return richtext.Say("You may not %s people %s Linq chats. Ask someone who may: %s.", w.Change, w.From,
		richtext.OneOf(p.Users[:min(named, len(p.Users))], richtext.Member))
}

// ParseIDs reads a comma-separated list of ids.
func ParseIDs(list string) []string {
	var ids []string
	for id := range strings.SplitSeq(list, ",") {
		if id = strings.TrimSpace(id); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// whichChannels names the channels in which commands work.
func (p Policy) whichChannels() richtext.Text { return richtext.OneOf(p.Channels, richtext.InChannel) }
