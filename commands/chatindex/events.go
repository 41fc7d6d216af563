package chatindex

import (
	"slices"
	"strings"

	"linqbot/linq"
)

// Take keeps the list fresh with what Linq tells by webhook: a new chat, a new name, somebody who came or
// left. It asks nobody. What it cannot tell from the event has the next search renew the list. Other
// events do nothing, and while there is no list there is nothing to keep.
func (x *Index) Take(e linq.WebhookEvent) {
	var change func(linq.Chat) linq.Chat
	switch e.Type {
	case linq.EventChatCreated:
		if e.Chat.ID.IsZero() || len(e.Chat.Handles) == 0 {
			x.listing.Expire()
			return
		}
		change = func(linq.Chat) linq.Chat { return e.Chat }
	case linq.EventGroupNameUpdated:
		change = func(chat linq.Chat) linq.Chat { return renamed(chat, e.Name) }
	case linq.EventParticipantAdded, linq.EventParticipantRemoved:
		change = func(chat linq.Chat) linq.Chat { return withPerson(chat, e) }
	default:
		return
	}
	if kept, ok := x.listing.Kept(); ok && e.Type != linq.EventChatCreated && kept.find(e.ChatID) < 0 {
		x.listing.Expire() // a chat that is newer than the list
		return
	}
	x.listing.Update(func(l listing) listing { return l.with(e, change) })
}

func (l listing) find(id linq.ChatID) int {
	return slices.IndexFunc(l.groups, func(group *listedChat) bool { return group.chat.ID == id })
}

// with returns the listing with one chat changed, as the newest.
func (l listing) with(e linq.WebhookEvent, change func(linq.Chat) linq.Chat) listing {
	var before linq.Chat
	at := l.find(e.ChatID)
	switch {
	case at >= 0:
		before = l.groups[at].chat
	case e.Type != linq.EventChatCreated:
		return l
	}
	after := change(before)
	if after.OneToOne() {
		return l
	}
	if e.CreatedAt.After(after.UpdatedAt) {
		after.UpdatedAt = e.CreatedAt
	}
	l.groups = slices.DeleteFunc(slices.Clone(l.groups), func(group *listedChat) bool { return group.chat.ID == e.ChatID })
	l.groups = append(l.groups, asSearched(after))
	l.sort()
	return l
}

// renamed gives a chat its new name; without one Linq names it by its people.
func renamed(chat linq.Chat, name string) linq.Chat {
	if name == "" {
		var people []string
		for _, person := range chat.Active() {
			if !person.IsMe {
				people = append(people, person.Handle.Full())
			}
		}
		name = strings.Join(people, ", ")
	}
	chat.DisplayName = name
	return chat
}

// withPerson lists the person of an event as the event says, once.
func withPerson(chat linq.Chat, e linq.WebhookEvent) linq.Chat {
	person := e.Person
	if person.Handle.IsZero() {
		return chat
	}
	if before, listed := chat.Find(person.Handle); listed {
		person.IsMe = person.IsMe || before.IsMe
	}
	switch {
	case e.Type == linq.EventParticipantAdded:
		person.Status, person.LeftAt = linq.StatusActive, nil
	case person.Active(): // the event says no more than that they are gone
		person.Status = linq.StatusRemoved
	}
	chat.Handles = slices.DeleteFunc(slices.Clone(chat.Handles), func(p linq.Participant) bool { return p.Handle.Is(person.Handle) })
	chat.Handles = append(chat.Handles, person)
	return chat
}
