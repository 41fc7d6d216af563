package linq

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"linqbot/linq/handle"
)

// The events that linqbot acts on.
const (
	EventParticipantRemoved = "participant.removed"
	EventParticipantAdded   = "participant.added"
	EventChatCreated        = "chat.created"
	EventGroupNameUpdated   = "chat.group_name_updated"
	EventLineStatusUpdated  = "phone_number.status_updated"
)

// WebhookEvent is what Linq tells of a chat, or of a line of ours. Fields that the event does not have
// are zero.
type WebhookEvent struct {
	ID        string // unique; the same for every delivery of the event
	Type      string
	TraceID   string
	CreatedAt time.Time
	ChatID    ChatID      // zero if the event names no chat, or none that is one
	Person    Participant // who was added or removed
	Chat      Chat        // the chat that was created
	Name      string      // the new name of a group; "" if it has none any more
	NoName    bool        // the event of a new name does not say it
	Line      LineStatus
}

// LineStatus is what Linq tells of a line of ours.
type LineStatus struct {
	Number handle.Handle
	Status string // ACTIVE or FLAGGED as documented
	Before string
}

// Ill reports whether the line needs somebody.
func (s LineStatus) Ill() bool { return s.Status != "" && !strings.EqualFold(s.Status, "ACTIVE") }

// wireWebhook is the documented envelope of an event.
type wireWebhook struct {
	EventID   string          `json:"event_id"`
	EventType string          `json:"event_type"`
	TraceID   string          `json:"trace_id"`
	CreatedAt moment          `json:"created_at"`
	Data      json.RawMessage `json:"data"`
}

// wireEvent is the payload of the events that linqbot acts on, but for a chat that was created, which
// is as when it is read.
type wireEvent struct {
	ChatID      string           `json:"chat_id"`
	Handle      string           `json:"handle"` // deprecated, and of a participant's event the only one that is always there
	Participant *wireParticipant `json:"participant"`
	NewValue    json.RawMessage  `json:"new_value"` // a string, or null
	PhoneNumber string           `json:"phone_number"`
	NewStatus   string           `json:"new_status"`
	OldStatus   string           `json:"previous_status"`
}

// DecodeWebhook reads the body of a webhook whose signature was checked. Of an event of another type
// than those above only the envelope is read.
func DecodeWebhook(body []byte) (WebhookEvent, error) {
	var e wireWebhook
	if err := decodeJSON(body, &e); err != nil {
		return WebhookEvent{}, fmt.Errorf("linq: webhook: %w", err)
	}
	if e.EventID == "" || e.EventType == "" {
		return WebhookEvent{}, errors.New("linq: webhook: the event has no id or no type")
	}
	event := WebhookEvent{ID: e.EventID, Type: e.EventType, TraceID: firstTraceID(e.TraceID), CreatedAt: e.CreatedAt.Time}
	if event.Type == EventChatCreated {
		event.readChat(e.Data)
		return event, nil
	}
	var data wireEvent
	_ = decodeJSON(e.Data, &data) // what cannot be read is left out
	switch event.Type {
	case EventParticipantRemoved, EventParticipantAdded:
		event.readPerson(data)
	case EventGroupNameUpdated:
		event.ChatID, _ = ParseChatID(data.ChatID)
		event.NoName = len(data.NewValue) == 0 || json.Unmarshal(data.NewValue, &event.Name) != nil
	case EventLineStatusUpdated:
		event.Line = LineStatus{Number: handle.New(strings.TrimSpace(data.PhoneNumber)), Status: data.NewStatus, Before: data.OldStatus}
	}
	return event, nil
}

func (e *WebhookEvent) readChat(data []byte) {
	var w wireChat
	_ = decodeJSON(data, &w) // as above
	if id, err := ParseChatID(w.ID); err == nil {
		e.ChatID, e.Chat = id, w.chat(id)
	}
}

func (e *WebhookEvent) readPerson(data wireEvent) {
	e.ChatID, _ = ParseChatID(data.ChatID)
	if data.Participant != nil {
		e.Person = data.Participant.participant()
	}
	if e.Person.Handle.IsZero() {
		e.Person.Handle = handle.New(strings.TrimSpace(data.Handle))
	}
}
