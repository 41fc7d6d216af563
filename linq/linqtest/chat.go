package linqtest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Chat is a chat as a test describes it, and as [Linq.Chat] shows it.
type Chat struct {
	ID          string // default: random
	DisplayName string // default: the handles of everyone else, comma-joined
	IsGroup     bool
	Service     string // iMessage (the default), SMS or RCS
	Health      string // default HEALTHY
	People      []Person
	CreatedAt   time.Time // default: now, as are UpdatedAt and the times of joining
	UpdatedAt   time.Time
}

// Person is someone in a chat, or who has been.
type Person struct {
	Handle   string // E.164 or e-mail
	IsMe     bool   // our own line
	Status   string // active (the default), left or removed
	Service  string // default: the chat's
	JoinedAt time.Time
	LeftAt   time.Time // zero while active
}

// Active reports whether the person is in the chat.
func (p Person) Active() bool { return p.Status == active }

const (
	active  = "active"
	left    = "left"
	removed = "removed"
)

// Group describes an iMessage group of our line and the people.
func Group(name, line string, people ...string) Chat {
	c := Chat{DisplayName: name, IsGroup: true, People: []Person{{Handle: line, IsMe: true}}}
	for _, handle := range people {
		c.People = append(c.People, Person{Handle: handle})
	}
	return c
}

// OneToOne describes an iMessage chat of our line and one person.
func OneToOne(line, person string) Chat {
	c := Group("", line, person)
	c.IsGroup = false
	return c
}

// chat is a [Chat] with its people addressable.
type chat struct {
	Chat
	people []*person
}

type person struct {
	Person
	id string
}

// AddChat adds a chat, or replaces the one with its id, and returns the id.
func (l *Linq) AddChat(c Chat) string {
	now := time.Now().UTC()
	c.ID = strings.ToLower(cmp.Or(c.ID, uuid.NewString()))
	c.Service = cmp.Or(c.Service, "iMessage")
	c.Health = cmp.Or(c.Health, "HEALTHY")
	c.CreatedAt = cmp.Or(c.CreatedAt, now)
	c.UpdatedAt = cmp.Or(c.UpdatedAt, c.CreatedAt)

	l.mu.Lock()
	defer l.mu.Unlock()
	added := &chat{Chat: c}
	for _, p := range c.People {
		p.Status = cmp.Or(p.Status, active)
		p.Service = cmp.Or(p.Service, c.Service)
		p.JoinedAt = cmp.Or(p.JoinedAt, c.CreatedAt)
		if p.IsMe {
			l.addLine(p.Handle)
		}
		added.people = append(added.people, &person{Person: p, id: uuid.NewString()})
	}
	if old := l.chats[c.ID]; old != nil {
		l.order = slices.DeleteFunc(l.order, func(each *chat) bool { return each == old })
	}
	l.chats[c.ID] = added
	l.order = append(l.order, added)
	l.wake()
	return c.ID
}

// Chat returns the chat as it is now.
func (l *Linq) Chat(id string) (Chat, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.findChat(id)
	if c == nil {
		return Chat{}, false
	}
	return c.snapshot(), true
}

// Chats returns all chats as they are now, in the order they were added.
func (l *Linq) Chats() []Chat {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]Chat, len(l.order))
	for i, c := range l.order {
		all[i] = c.snapshot()
	}
	return all
}

func (c *chat) snapshot() Chat {
	shown := c.Chat
	shown.People = nil
	for _, p := range c.people {
		shown.People = append(shown.People, p.Person)
	}
	return shown
}

// LeaveByThemselves lets a person, or our line, leave a chat without a call. It reports whether they
// were in it.
func (l *Linq) LeaveByThemselves(chatID, handle string) bool {
	l.mu.Lock()
	event, ok := l.depart(chatID, handle, left, "")
	l.mu.Unlock()
	if ok {
		l.tell(event)
	}
	return ok
}

func (l *Linq) findChat(id string) *chat { return l.chats[strings.ToLower(id)] }

// find returns the person with exactly this handle. That Linq would ignore case is not documented.
func (c *chat) find(handle string) *person {
	for _, p := range c.people {
		if p.Handle == handle {
			return p
		}
	}
	return nil
}

// us returns our own line, or nil.
func (c *chat) us() *person {
	for _, p := range c.people {
		if p.IsMe {
			return p
		}
	}
	return nil
}

func (c *chat) count(is func(*person) bool) int {
	n := 0
	for _, p := range c.people {
		if is(p) {
			n++
		}
	}
	return n
}

// name is the display name, which Linq makes of the handles if the chat has none.
func (c *chat) name() string {
	if c.DisplayName != "" {
		return c.DisplayName
	}
	var others []string
	for _, p := range c.people {
		if !p.IsMe {
			others = append(others, p.Handle)
		}
	}
	return strings.Join(others, ", ")
}

// line is one of our phone numbers.
type line struct {
	id     string
	number string
}

func (l *Linq) addLine(number string) {
	if !slices.ContainsFunc(l.lines, func(known line) bool { return known.number == number }) {
		l.lines = append(l.lines, line{id: uuid.NewString(), number: number})
	}
}
