package chatindex

import (
	"slices"
	"strings"
	"time"

	"linqbot/linq"
)

// Take keeps the list fresh with what Linq tells by webhook: a new chat, a new name, somebody who came or left. It
// makes no call. If an event does not say enough, or is older than what the list shows, the next search renews the
// list: events may come late, and in any order. Other events do nothing. While there is no list, there is nothing to
// keep.
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
		if e.NoName {
			x.listing.Expire()
			return
		}
		change = func(chat linq.Chat) linq.Chat { return renamed(chat, e.Name) }
	case linq.EventParticipantAdded, linq.EventParticipantRemoved:
		change = func(chat linq.Chat) linq.Chat { return withPerson(chat, e) }
	default:
		return
	}
	if kept, ok := x.listing.Kept(); ok {
		switch at := kept.find(e.ChatID); {
		case at < 0 && e.Type != linq.EventChatCreated: // a chat that is newer than the list
			x.listing.Expire()
			return
		case at >= 0 && isLate(e, kept.groups[at].chat):
			x.listing.Expire()
		}
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
	case at >= 0 && isLate(e, l.groups[at].chat):
		return l
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

// isLate reports whether an event happened before what is listed: of somebody who came or left, before that person last
// did; of anything else, before the chat last changed.
func isLate(e linq.WebhookEvent, listed linq.Chat) bool {
	since := listed.UpdatedAt
	switch e.Type {
	case linq.EventParticipantAdded:
		person, _ := listed.Find(e.Person.Handle)
		since = leftAt(person)
	case linq.EventParticipantRemoved:
		person, _ := listed.Find(e.Person.Handle)
		since = person.JoinedAt
	}
	return !e.CreatedAt.IsZero() && e.CreatedAt.Before(since)
}

func leftAt(person linq.Participant) time.Time {
	if person.LeftAt == nil {
		return time.Time{}
	}
	return *person.LeftAt
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
		if e.CreatedAt.After(person.JoinedAt) {
			person.JoinedAt = e.CreatedAt
		}
	case person.Active(): // the event says no more than that they are gone
		person.Status, person.LeftAt = linq.StatusRemoved, &e.CreatedAt
	}
	chat.Handles = slices.DeleteFunc(slices.Clone(chat.Handles), func(p linq.Participant) bool { return p.Handle.Is(person.Handle) })
	chat.Handles = append(chat.Handles, person)
	return chat
}
