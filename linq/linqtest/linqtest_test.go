package linqtest_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"
	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

const (
	line  = "+12025550100"
	ada   = "+12025550132"
	ben   = "+12025550143"
	carla = "carla@example.com"
)

// group starts a Linq with one group of our line and three people.
func group(t *testing.T, config linqtest.Config) (*linqtest.Linq, *linq.Client, linq.ChatID) {
	t.Helper()
	l := linqtest.Start(t, config)
	id, err := linq.ParseChatID(l.AddChat(linqtest.Group("Spring launch", line, ada, ben, carla)))
	assert.NilError(t, err)
	return l, newClient(t, l), id
}

func newClient(t *testing.T, l *linqtest.Linq) *linq.Client {
	t.Helper()
	client, err := linq.New(linq.Config{BaseURL: l.BaseURL(), APIKey: l.APIKey()})
	assert.NilError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func remove(t *testing.T, client *linq.Client, id linq.ChatID, person string) (linq.Accepted, error) {
	t.Helper()
	return client.RemoveParticipant(t.Context(), id, handle.New(person))
}

func TestSomeoneIsRemoved(t *testing.T) {
	t.Parallel()
	l, client, id := group(t, linqtest.Config{EffectDelay: linqtest.OnSettle})

	first, err := remove(t, client, id, ben)
	assert.NilError(t, err)
	assert.Equal(t, first.HTTPStatus, http.StatusAccepted)
	assert.Equal(t, first.Message, "Participant removal queued")
	assert.Equal(t, len(first.TraceID), 32)
	_, err = remove(t, client, id, ben)
	assert.NilError(t, err, "it is asked again while it is queued")

	chat, err := client.Chat(t.Context(), id)
	assert.NilError(t, err)
	assert.Equal(t, len(chat.Active()), 4, "it is only queued")
	assert.Equal(t, l.Effects(id.String(), ben), 0)

	l.Settle()
	chat, err = client.Chat(t.Context(), id)
	assert.NilError(t, err)
	gone, ok := chat.Find(handle.New(ben))
	assert.Assert(t, ok, "who is gone stays listed")
	assert.Equal(t, gone.Status, linq.StatusRemoved)
	assert.Assert(t, gone.LeftAt != nil && !gone.Active())
	assert.Equal(t, len(chat.Active()), 3)
	assert.Equal(t, l.Effects(id.String(), ben), 1)
	assert.Equal(t, l.Deletes(id.String(), ben), 2)
	assert.Equal(t, l.Events()[0].TraceID, first.TraceID)

	_, err = remove(t, client, id, ben)
	assert.Assert(t, isNotFound(err), "%v", err)
}

func TestSomeoneIsAdded(t *testing.T) {
	t.Parallel()
	l, client, id := group(t, linqtest.Config{})
	_, err := client.AddParticipant(t.Context(), id, handle.New("+12025550154"))
	assert.NilError(t, err)
	for range 2 { // who was removed can come back
		_, err = remove(t, client, id, ben)
		assert.NilError(t, err)
		_, err = client.AddParticipant(t.Context(), id, handle.New(ben))
		assert.NilError(t, err)
	}
	chat, err := client.Chat(t.Context(), id)
	assert.NilError(t, err)
	assert.Equal(t, len(chat.Active()), 5)
	assert.Equal(t, len(chat.Handles), 5)
	assert.Equal(t, l.Effects(id.String(), ben), 2)
}

func TestEffectsComeAfterTheDelay(t *testing.T) {
	t.Parallel()
	events := make(chan linqtest.Event, 1)
	l, client, id := group(t, linqtest.Config{
		EffectDelay: 20 * time.Millisecond,
		OnEvent:     func(event linqtest.Event) { events <- event },
	})
	accepted, err := remove(t, client, id, carla)
	assert.NilError(t, err)
	event := <-events
	assert.Equal(t, l.Effects(id.String(), carla), 1, "the effect is there when its event is told")
	want := linqtest.Event{
		Type: linqtest.ParticipantRemoved, ChatID: id.String(), TraceID: accepted.TraceID,
		Person: linqtest.Person{Handle: carla, Status: "removed", Service: "iMessage"},
	}
	assert.DeepEqual(t, event, want, cmpopts.IgnoreFields(linqtest.Event{}, "ID", "At"),
		cmpopts.IgnoreFields(linqtest.Person{}, "JoinedAt", "LeftAt"))
}

func TestPeopleLeaveByThemselves(t *testing.T) {
	t.Parallel()
	l, client, id := group(t, linqtest.Config{})
	assert.Assert(t, l.LeaveByThemselves(id.String(), ben))
	assert.Assert(t, !l.LeaveByThemselves(id.String(), ben), "they have left")
	assert.Assert(t, !l.LeaveByThemselves(id.String(), "+12025550199"))
	assert.Assert(t, !l.LeaveByThemselves("no chat", ben))
	chat, err := client.Chat(t.Context(), id)
	assert.NilError(t, err)
	gone, _ := chat.Find(handle.New(ben))
	assert.Equal(t, gone.Status, linq.StatusLeft)
	assert.Equal(t, l.Effects(id.String(), ben), 1)
	assert.Equal(t, l.Deletes(id.String(), ben), 0)
}

func TestTwoRemovalsAtOnceLeaveThree(t *testing.T) {
	t.Parallel()
	l, client, id := group(t, linqtest.Config{EffectDelay: linqtest.OnSettle})
	_, err := remove(t, client, id, ada)
	assert.NilError(t, err)
	_, err = remove(t, client, id, ben)
	assert.ErrorContains(t, err, "code 2015")
	l.Settle()
	assert.Equal(t, len(l.Events()), 1)
}

func TestTheKeyIsAskedFor(t *testing.T) {
	t.Parallel()
	l, _, id := group(t, linqtest.Config{APIKey: "right"})
	client, err := linq.New(linq.Config{BaseURL: l.BaseURL(), APIKey: "wrong"})
	assert.NilError(t, err)
	_, err = remove(t, client, id, ada)
	assert.ErrorContains(t, err, "HTTP 401, code 2004")
	assert.Equal(t, l.Effects(id.String(), ada), 0)
	assert.Equal(t, l.Deletes(id.String(), ada), 1, "it arrived all the same")
}

func TestCloseDropsWhatIsQueued(t *testing.T) {
	t.Parallel()
	l, client, id := group(t, linqtest.Config{EffectDelay: time.Hour})
	_, err := remove(t, client, id, ada)
	assert.NilError(t, err)
	l.Close()
	l.Close()
	l.Settle()
	assert.Equal(t, len(l.Events()), 0)
	assert.ErrorContains(t, l.Serve(), "already")
}

func TestChatsCanBeReplacedAndSeen(t *testing.T) {
	t.Parallel()
	l := linqtest.New(linqtest.Config{})
	c := linqtest.Group("Before", line, ada, ben)
	c.ID = l.AddChat(c)
	c.DisplayName = "After"
	assert.Equal(t, l.AddChat(c), c.ID)
	got, ok := l.Chat(strings.ToUpper(c.ID))
	assert.Assert(t, ok)
	want := c
	want.Service, want.Health = "iMessage", "HEALTHY"
	want.People = []linqtest.Person{
		{Handle: line, IsMe: true, Status: "active", Service: "iMessage"},
		{Handle: ada, Status: "active", Service: "iMessage"},
		{Handle: ben, Status: "active", Service: "iMessage"},
	}
	assert.DeepEqual(t, got, want, cmpopts.IgnoreTypes(time.Time{}))
	_, ok = l.Chat("no chat")
	assert.Assert(t, !ok)
}

// Many at once: every removal is carried out once, however often it is asked for.
func TestConcurrentRemovals(t *testing.T) {
	t.Parallel()
	var told sync.Map
	l := linqtest.New(linqtest.Config{
		EffectDelay: time.Millisecond,
		OnEvent: func(event linqtest.Event) {
			_, again := told.LoadOrStore(event.ID, true)
			assert.Check(t, !again)
		},
	})
	assert.NilError(t, l.Serve())
	client := newClient(t, l)
	var chats []linq.ChatID
	for range 8 {
		id, err := linq.ParseChatID(l.AddChat(linqtest.Group("", line, ada, ben, carla)))
		assert.NilError(t, err)
		chats = append(chats, id)
	}
	var all sync.WaitGroup
	for range 4 {
		for _, id := range chats {
			all.Go(func() {
				if _, err := remove(t, client, id, ada); err != nil {
					assert.Check(t, isNotFound(err), "%v", err)
				}
				l.Calls()
				l.Settle()
			})
		}
	}
	all.Wait()
	l.Settle()
	for _, id := range chats {
		assert.Equal(t, l.Effects(id.String(), ada), 1)
		assert.Equal(t, l.Deletes(id.String(), ada), 4)
	}
	l.Close()
}

func isNotFound(err error) bool {
	refusal, ok := errors.AsType[*linq.Error](err)
	return ok && refusal.NotFound()
}
