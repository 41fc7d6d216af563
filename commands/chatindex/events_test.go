package chatindex_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/chatindex"
	"linqbot/commands/commandstest"
	"linqbot/linq"
	"linqbot/linq/handle"
)

func listedGroup(t *testing.T, name string, people ...string) linq.Chat {
	t.Helper()
	chat := chatNamed(t, name)
	chat.Handles = []linq.Participant{{Handle: handle.New(commandstest.Line), IsMe: true}}
	for _, person := range people {
		chat.Handles = append(chat.Handles, linq.Participant{Handle: handle.New(person)})
	}
	return chat
}

// Linq's webhooks are seen by the next search, without a listing.
func TestEventsKeepTheListFresh(t *testing.T) {
	t.Parallel()
	chat := listedGroup(t, "Spring launch", commandstest.Ada, commandstest.Ben)
	other := listedGroup(t, "Winter", commandstest.Carla)
	other.ID = mustChatID(t, "00000000-2f64-4a7e-8d0b-6f1f0a9c4e11")
	created := linq.WebhookEvent{Type: linq.EventChatCreated, ChatID: other.ID, Chat: other}
	oneToOne := created
	oneToOne.Chat.IsGroup = false
	about := func(kind string, person string) linq.WebhookEvent {
		return linq.WebhookEvent{Type: kind, ChatID: chat.ID, Person: linq.Participant{Handle: handle.New(person)}}
	}
	for name, test := range map[string]struct {
		event  linq.WebhookEvent
		words  string
		before string
		after  string
	}{
		"a new name":           {linq.WebhookEvent{Type: linq.EventGroupNameUpdated, ChatID: chat.ID, Name: "Summer"}, "summer", "", "Summer"},
		"the old name":         {linq.WebhookEvent{Type: linq.EventGroupNameUpdated, ChatID: chat.ID, Name: "Summer"}, "spring", "Spring launch", ""},
		"no name any more":     {linq.WebhookEvent{Type: linq.EventGroupNameUpdated, ChatID: chat.ID}, "spring", "Spring launch", ""},
		"a new chat":           {created, "winter", "", "Winter"},
		"a new chat of two":    {oneToOne, "winter", "", ""},
		"somebody came":        {about(linq.EventParticipantAdded, commandstest.Carla), commandstest.Carla, "", "Spring launch"},
		"somebody left":        {about(linq.EventParticipantRemoved, commandstest.Ada), commandstest.Ada, "Spring launch", ""},
		"nobody left":          {about(linq.EventParticipantRemoved, ""), commandstest.Ada, "Spring launch", "Spring launch"},
		"an event of no chats": {linq.WebhookEvent{Type: linq.EventLineStatusUpdated}, "spring", "Spring launch", "Spring launch"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lister := &lister{chats: []linq.Chat{chat}}
			index := chatindex.New(chatindex.Config{Lister: lister, Region: "US"})
			index.Take(test.event) // there is no list yet
			assert.Equal(t, found(t, index, test.words), test.before)
			index.Take(test.event)
			index.Take(test.event) // it is delivered at least once
			assert.Equal(t, found(t, index, test.words), test.after)
			assert.Equal(t, lister.times, 1)
		})
	}
}

// Events come late, and in any order. What they say of before does not take the place of what is listed since: the next
// search has the list renewed.
func TestEventsInAnyOrder(t *testing.T) {
	t.Parallel()
	at := func(second int) time.Time { return time.Date(2026, 3, 14, 9, 26, second, 0, time.UTC) }
	chat := listedGroup(t, "Spring launch", commandstest.Ada, commandstest.Ben)
	chat.UpdatedAt = at(0)
	named := func(name string, second int) linq.WebhookEvent {
		return linq.WebhookEvent{Type: linq.EventGroupNameUpdated, ChatID: chat.ID, Name: name, CreatedAt: at(second)}
	}
	moved := func(kind string, second int) linq.WebhookEvent {
		return linq.WebhookEvent{Type: kind, ChatID: chat.ID, Person: linq.Participant{Handle: handle.New(commandstest.Ada)}, CreatedAt: at(second)}
	}
	late := chat
	late.DisplayName = "Winter"
	unsaid := named("", 30)
	unsaid.NoName = true

	for name, test := range map[string]struct {
		events   []linq.WebhookEvent
		words    string
		want     string
		listings int // in all, with that of the next search
	}{
		"in order":                        {[]linq.WebhookEvent{named("Summer", 10), named("Autumn", 20)}, "", "Autumn", 1},
		"a late name":                     {[]linq.WebhookEvent{named("Autumn", 20), named("Summer", 10)}, "", "Autumn", 2},
		"twice":                           {[]linq.WebhookEvent{named("Autumn", 20), named("Autumn", 20)}, "", "Autumn", 1},
		"removed, added again":            {[]linq.WebhookEvent{moved(linq.EventParticipantRemoved, 10), moved(linq.EventParticipantAdded, 20)}, commandstest.Ada, "Spring launch", 1},
		"removed before, told of late":    {[]linq.WebhookEvent{moved(linq.EventParticipantAdded, 20), moved(linq.EventParticipantRemoved, 10)}, commandstest.Ada, "Spring launch", 2},
		"added before, told of late":      {[]linq.WebhookEvent{moved(linq.EventParticipantRemoved, 20), moved(linq.EventParticipantAdded, 10)}, commandstest.Ada, "", 2},
		"a name, then a person of before": {[]linq.WebhookEvent{named("Autumn", 20), moved(linq.EventParticipantRemoved, 10)}, commandstest.Ada, "", 1},
		"created before":                  {[]linq.WebhookEvent{named("Autumn", 20), {Type: linq.EventChatCreated, ChatID: chat.ID, Chat: late, CreatedAt: at(5)}}, "", "Autumn", 2},
		"a name that is not said":         {[]linq.WebhookEvent{unsaid}, "", "Spring launch", 2},
		"no time":                         {[]linq.WebhookEvent{{Type: linq.EventGroupNameUpdated, ChatID: chat.ID, Name: "Autumn"}}, "", "Autumn", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				lister := &lister{chats: []linq.Chat{chat}}
				index := chatindex.New(chatindex.Config{Lister: lister, Region: "US"})
				found(t, index, "")
				for _, event := range test.events {
					index.Take(event)
				}
				assert.Equal(t, found(t, index, test.words), test.want)
				synctest.Wait()
				assert.Equal(t, lister.times, test.listings)
			})
		})
	}
}

// A number finds the chats that list it in another form.
func TestSearchKnowsFormsOfNumbers(t *testing.T) {
	t.Parallel()
	chat := listedGroup(t, "Spring launch", "+5215512345678", "14155550132")
	index := chatindex.New(chatindex.Config{Lister: &lister{chats: []linq.Chat{chat}}, Region: "US"})
	for _, words := range []string{"+52 55 1234 5678", "+1 415 555 0132", "+5215512345678"} {
		assert.Equal(t, found(t, index, words), "Spring launch", words)
	}
	assert.Equal(t, found(t, index, "+52 55 1234 5679"), "")
}

// An event of a chat that the list does not have makes the next search renew it.
func TestAnEventOfAnUnknownChat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lister := &lister{chats: []linq.Chat{listedGroup(t, "Spring launch", commandstest.Ada)}}
		index := chatindex.New(chatindex.Config{Lister: lister, Region: "US"})
		found(t, index, "")
		index.Take(linq.WebhookEvent{Type: linq.EventGroupNameUpdated, ChatID: mustChatID(t, "00000000-2f64-4a7e-8d0b-6f1f0a9c4e11"), Name: "Winter"})
		found(t, index, "")
		synctest.Wait()
		assert.Equal(t, lister.times, 2)
		time.Sleep(time.Second)
		found(t, index, "")
		synctest.Wait()
		assert.Equal(t, lister.times, 2)
	})
}

func mustChatID(t *testing.T, text string) linq.ChatID {
	t.Helper()
	id, err := linq.ParseChatID(text)
	assert.NilError(t, err)
	return id
}

// BenchmarkTake changes one of 5,000 chats. What it allocates is garbage of every removal.
func BenchmarkTake(b *testing.B) {
	const chats = 5000
	lister := &lister{}
	for i := range chats {
		chat := linq.Chat{DisplayName: fmt.Sprintf("Team %d", i), IsGroup: true}
		var err error
		if chat.ID, err = linq.ParseChatID(fmt.Sprintf("3b9d7c52-2f64-4a7e-8d0b-%012d", i)); err != nil {
			b.Fatal(err)
		}
		lister.chats = append(lister.chats, chat)
	}
	index := chatindex.New(chatindex.Config{Lister: lister, Region: "US"})
	if _, _, err := index.All(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		index.Take(linq.WebhookEvent{
			Type: linq.EventParticipantRemoved, ChatID: lister.chats[i%chats].ID, Person: linq.Participant{Handle: handle.New(commandstest.Ada)},
		})
	}
}
