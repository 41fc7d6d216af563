package linq

import (
	"slices"
	"strings"
	"time"

	"linqbot/linq/handle"
)

// The services a chat can run on. People can be added and removed in iMessage groups; in SMS groups
// they cannot.
const (
	ServiceIMessage = "iMessage"
	ServiceSMS      = "SMS"
	ServiceRCS      = "RCS"
)

// The documented values of [Participant.Status].
const (
	StatusActive  = "active"
	StatusLeft    = "left"    // went by themselves
	StatusRemoved = "removed" // was removed
)

// Chat is a conversation as Linq shows it.
type Chat struct {
	ID          ChatID
	DisplayName string // by default the handles of its people, comma-joined: pass it through [handle.MaskText]
	IsGroup     bool   // Linq says so; where it says nothing, its people show it
	KindUnknown bool   // Linq does not say whether it is a group, and its people do not show it
	Service     string // one of the Service constants, or "" if Linq does not say
	Handles     []Participant
	Health      Health
	CreatedAt   time.Time // zero if Linq does not say, as is UpdatedAt
	UpdatedAt   time.Time
}

// Health is Linq's judgement on a chat or a line.
type Health struct {
	Status    string // HEALTHY, AT_RISK, CRITICAL; of a chat also OPTED_OUT; "" if Linq does not say
	DocURL    string // page about it at Linq; "" if there is none
	UpdatedAt time.Time
}

// Participant is a person, or a line of ours, in a chat. People who are gone can stay listed.
type Participant struct {
	Handle   handle.Handle
	Status   string // one of the Status constants, or "" if Linq does not say
	Service  string
	IsMe     bool // it is our own line
	JoinedAt time.Time
	LeftAt   *time.Time
}

// Active reports whether the participant is in the chat. Status decides; without one, a participant
// with a time of leaving is gone.
func (p Participant) Active() bool {
	switch strings.ToLower(p.Status) {
	case StatusActive:
		return true
	case StatusLeft, StatusRemoved:
		return false
	}
	return p.LeftAt == nil
}

// fewestOfGroup is how many people make a group, our line included.
//
// Source: https://docs.linqapp.com/guides/chats/group-chats/
const fewestOfGroup = 3

// OneToOne reports whether it is certain that the chat is not a group.
func (c Chat) OneToOne() bool { return !c.IsGroup && !c.KindUnknown }

// People returns the handles of all who are or were in the chat, as they are listed.
func (c Chat) People() []handle.Handle {
	people := make([]handle.Handle, len(c.Handles))
	for i, p := range c.Handles {
		people[i] = p.Handle
	}
	return people
}

// people returns who is or was in the chat, each once.
func (c Chat) people() map[string]bool {
	people := make(map[string]bool)
	for _, p := range c.Handles {
		people[strings.ToLower(p.Handle.Full())] = true
	}
	return people
}

// Find returns the participant with the handle, compared without regard to case. Of several, as
// when someone left and came back, an active one is returned.
func (c Chat) Find(person handle.Handle) (Participant, bool) {
	var found Participant
	ok := false
	for _, p := range c.Handles {
		if person.IsZero() || !p.Handle.Is(person) {
			continue
		}
		if p.Active() {
			return p, true
		}
		found, ok = p, true
	}
	return found, ok
}

// Named returns the participant whom a handle names in any spelling, see [handle.Handle.Names]. One in the chat that
// is spelled exactly like it comes first, and then the only one in the chat whom it names: somebody can have left under
// one spelling and be there under another. Of those who are gone, too, one that is spelled exactly like it comes
// before the only one.
func (c Chat) Named(person handle.Handle, region string) (Participant, bool) {
	exact, listed := c.Find(person)
	if listed && exact.Active() {
		return exact, true
	}
	var active, gone []handle.Handle
	for _, p := range c.Handles {
		if !person.Names(p.Handle, region) {
			continue
		}
		named := &gone
		if p.Active() {
			named = &active
		}
		if !slices.ContainsFunc(*named, p.Handle.Is) {
			*named = append(*named, p.Handle)
		}
	}
	switch {
	case len(active) == 1:
		return c.Find(active[0])
	case listed:
		return exact, true
	case len(active) == 0 && len(gone) == 1:
		return c.Find(gone[0])
	}
	return Participant{}, false
}

// AllNamed returns all entries of a person in the chat whom a handle names, each spelling once: somebody can be in it
// under the number of today and that of before. Where the handle may name several people who are in the chat, it returns
// whom [Chat.Named] does.
func (c Chat) AllNamed(person handle.Handle, region string) []Participant {
	var all []Participant
	for _, p := range c.Handles {
		sameAs := func(other Participant) bool { return other.Handle.Is(p.Handle) }
		if p.Active() && person.Names(p.Handle, region) && !slices.ContainsFunc(all, sameAs) {
			all = append(all, p)
		}
	}
	for i, p := range all {
		isAnother := func(other Participant) bool { return !p.Handle.Names(other.Handle, region) }
		if !slices.ContainsFunc(all[i+1:], isAnother) {
			continue
		}
		if named, ok := c.Named(person, region); ok && named.Active() {
			return []Participant{named}
		}
		return nil
	}
	return all
}

// MarksAsOurs reports whether the chat marks the handle as a line of ours, in any entry and spelling.
func (c Chat) MarksAsOurs(line handle.Handle) bool {
	return slices.ContainsFunc(c.Handles, func(p Participant) bool { return p.IsMe && p.Handle.Matches(line) })
}

// Active returns those who are in the chat, our own line included.
func (c Chat) Active() []Participant {
	var active []Participant
	for _, p := range c.Handles {
		if p.Active() {
			active = append(active, p)
		}
	}
	return active
}
