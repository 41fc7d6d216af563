package linqtest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The documented shapes of what can be read.

type shownChat struct {
	ID            string        `json:"id"`
	DisplayName   string        `json:"display_name"`
	Service       string        `json:"service"`
	Handles       []shownHandle `json:"handles"`
	IsGroup       bool          `json:"is_group"`
	IsArchived    bool          `json:"is_archived"`
	GroupChatIcon *string       `json:"group_chat_icon"`
	Health        shownHealth   `json:"health_status"`
	CreatedAt     time.Time     `json:"created_at"`
	UpdatedAt     time.Time     `json:"updated_at"`
}

type shownHandle struct {
	ID       string     `json:"id"`
	Handle   string     `json:"handle"`
	Service  string     `json:"service"`
	Status   string     `json:"status"`
	IsMe     bool       `json:"is_me"`
	JoinedAt time.Time  `json:"joined_at"`
	LeftAt   *time.Time `json:"left_at"`
}

type shownHealth struct {
	Status    string    `json:"status"`
	DocURL    string    `json:"doc_url"`
	UpdatedAt time.Time `json:"updated_at"`
}

type shownChats struct {
	Chats      []shownChat `json:"chats"`
	NextCursor *string     `json:"next_cursor"`
}

type shownLine struct {
	ID               string          `json:"id"`
	PhoneNumber      string          `json:"phone_number"`
	Reputation       shownReputation `json:"reputation"`
	ForwardingNumber *string         `json:"forwarding_number"`
}

type shownReputation struct {
	Status string `json:"status"`
	DocURL string `json:"doc_url"`
}

type shownLines struct {
	PhoneNumbers []shownLine `json:"phone_numbers"`
}

type shownOldLine struct {
	ID           string            `json:"id"`
	PhoneNumber  string            `json:"phone_number"`
	Type         string            `json:"type"`
	CountryCode  string            `json:"country_code"`
	Capabilities shownCapabilities `json:"capabilities"`
}

type shownCapabilities struct {
	SMS   bool `json:"sms"`
	MMS   bool `json:"mms"`
	Voice bool `json:"voice"`
}

type shownOldLines struct {
	PhoneNumbers []shownOldLine `json:"phone_numbers"`
}

const healthPage = "https://docs.linqapp.com/guides/"

func (l *Linq) getChat(asked request) reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.findChat(asked.chatID)
	if c == nil {
		return refuse(http.StatusNotFound, 2001, "Resource not found", asked.traceID)
	}
	return ok(http.StatusOK, c.show())
}

func (c *chat) show() shownChat {
	shown := shownChat{
		ID:          c.ID,
		DisplayName: c.name(),
		Service:     c.Service,
		IsGroup:     c.IsGroup,
		Health:      shownHealth{Status: c.Health, DocURL: healthPage, UpdatedAt: c.CreatedAt},
		CreatedAt:   c.CreatedAt,
		UpdatedAt:   c.UpdatedAt,
	}
	for _, p := range c.people {
		shown.Handles = append(shown.Handles, p.show())
	}
	return shown
}

func (p *person) show() shownHandle {
	shown := shownHandle{
		ID:       p.id,
		Handle:   p.Handle,
		Service:  p.Service,
		Status:   p.Status,
		IsMe:     p.IsMe,
		JoinedAt: p.JoinedAt,
	}
	if !p.LeftAt.IsZero() {
		at := p.LeftAt
		shown.LeftAt = &at
	}
	return shown
}

// listChats lists chats in the order they were added; Linq documents no order. Its cursors are
// offsets.
func (l *Linq) listChats(query url.Values, traceID string) reply {
	const usual, most = 20, 100
	limit, limitOK := numberIn(query, "limit", usual)
	offset, cursorOK := numberIn(query, "cursor", 0)
	if !limitOK || !cursorOK || limit < 1 || limit > most || offset < 0 {
		return refuse(http.StatusBadRequest, 1005, "A parameter value is invalid", traceID)
	}
	from, to := query.Get("from"), query.Get("to")
	if from != "" && !isHandle(from) || to != "" && !isHandle(to) {
		return refuse(http.StatusBadRequest, 1002, "Phone number must be in E.164 format", traceID)
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	found := slices.DeleteFunc(slices.Clone(l.order), func(c *chat) bool {
		return from != "" && !c.lists(from, true) || to != "" && !c.lists(to, false)
	})
	first := min(offset, len(found))
	last := min(first+limit, len(found))
	page := shownChats{Chats: []shownChat{}}
	for _, c := range found[first:last] {
		page.Chats = append(page.Chats, c.show())
	}
	if last < len(found) {
		next := strconv.Itoa(last)
		page.NextCursor = &next
	}
	return ok(http.StatusOK, page)
}

func (c *chat) lists(handle string, isMe bool) bool {
	return c.count(func(p *person) bool { return p.IsMe == isMe && strings.EqualFold(p.Handle, handle) }) > 0
}

func (l *Linq) listPhoneNumbers() reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	shown := shownLines{PhoneNumbers: []shownLine{}}
	for _, each := range l.lines {
		shown.PhoneNumbers = append(shown.PhoneNumbers, shownLine{
			ID:          each.id,
			PhoneNumber: each.number,
			Reputation:  shownReputation{Status: "HEALTHY", DocURL: healthPage},
		})
	}
	return ok(http.StatusOK, shown)
}

// listOldPhoneNumbers answers in the shape of the early OpenAPI description.
func (l *Linq) listOldPhoneNumbers() reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	shown := shownOldLines{PhoneNumbers: []shownOldLine{}}
	for _, each := range l.lines {
		shown.PhoneNumbers = append(shown.PhoneNumbers, shownOldLine{
			ID: each.id, PhoneNumber: each.number, Type: "APPLE_ID", CountryCode: "US",
			Capabilities: shownCapabilities{SMS: true, MMS: true},
		})
	}
	return ok(http.StatusOK, shown)
}

// numberIn returns a number in the query, and whether it is one.
func numberIn(query url.Values, name string, otherwise int) (int, bool) {
	text := query.Get(name)
	if text == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
