package linq

import (
	"strings"

	"linqbot/linq/handle"
)

// The shapes of Linq's answers. Only what linqbot uses is read.

type wireChat struct {
	ID          string             `json:"id"`
	DisplayName string             `json:"display_name"`
	IsGroup     answered           `json:"is_group"`
	Service     string             `json:"service"`
	Handles     []*wireParticipant `json:"handles"`
	Health      wireHealth         `json:"health_status"`
	CreatedAt   moment             `json:"created_at"`
	UpdatedAt   moment             `json:"updated_at"`
}

type wireParticipant struct {
	Handle   string `json:"handle"`
	Status   string `json:"status"`
	Service  string `json:"service"`
	IsMe     bool   `json:"is_me"`
	JoinedAt moment `json:"joined_at"`
	LeftAt   moment `json:"left_at"`
}

type wireHealth struct {
	Status    string `json:"status"`
	DocURL    string `json:"doc_url"`
	UpdatedAt moment `json:"updated_at"`
}

func (w wireChat) chat(id ChatID) Chat {
	chat := Chat{
		ID:          id,
		DisplayName: w.DisplayName,
		IsGroup:     w.IsGroup == saysYes,
		Service:     w.Service,
		Health:      w.Health.health(),
		CreatedAt:   w.CreatedAt.Time,
		UpdatedAt:   w.UpdatedAt.Time,
	}
	for _, p := range w.Handles {
		if p != nil {
			chat.Handles = append(chat.Handles, p.participant())
		}
	}
	if w.IsGroup == saysNothing {
		chat.IsGroup = len(chat.people()) >= fewestOfGroup
		chat.KindUnknown = !chat.IsGroup
	}
	return chat
}

func (w wireParticipant) participant() Participant {
	p := Participant{
		Handle:   handle.New(strings.TrimSpace(w.Handle)),
		Status:   w.Status,
		Service:  w.Service,
		IsMe:     w.IsMe,
		JoinedAt: w.JoinedAt.Time,
	}
	if left := w.LeftAt.Time; !left.IsZero() {
		p.LeftAt = &left
	}
	return p
}

func (w wireHealth) health() Health {
	return Health{Status: w.Status, DocURL: docURL(w.DocURL, 0), UpdatedAt: w.UpdatedAt.Time}
}

// decodeChat reads the answer about one chat. One about another chat, or without people, is no answer: "they are not
// listed" must never be concluded from it.
func decodeChat(body []byte, asked ChatID) (Chat, error) {
	var w wireChat
	if err := decodeJSON(body, &w); err != nil {
		return Chat{}, err
	}
	if id, err := ParseChatID(w.ID); err != nil || id != asked {
		return Chat{}, errOtherChat
	}
	chat := w.chat(asked)
	if len(chat.Handles) == 0 {
		return Chat{}, errNoHandles
	}
	return chat, nil
}

// decodeChatsPage leaves out chats without a usable id, which nothing could be done with.
func decodeChatsPage(body []byte) (ChatsPage, error) {
	var w struct {
		Chats      *[]wireChat `json:"chats"`
		NextCursor cursor      `json:"next_cursor"`
	}
	if err := decodeJSON(body, &w); err != nil {
		return ChatsPage{}, err
	}
	if w.Chats == nil {
		return ChatsPage{}, errNoChats
	}
	page := ChatsPage{NextCursor: string(w.NextCursor), listed: len(*w.Chats)}
	for _, each := range *w.Chats {
		if id, err := ParseChatID(each.ID); err == nil {
			page.Chats = append(page.Chats, each.chat(id))
		}
	}
	return page, nil
}

func decodePhoneNumbers(body []byte) ([]PhoneNumber, error) {
	var w struct {
		PhoneNumbers *[]struct {
			ID          string     `json:"id"`
			PhoneNumber string     `json:"phone_number"`
			Reputation  wireHealth `json:"reputation"`
		} `json:"phone_numbers"`
	}
	if err := decodeJSON(body, &w); err != nil {
		return nil, err
	}
	if w.PhoneNumbers == nil {
		return nil, errNoLines
	}
	var lines []PhoneNumber
	for _, each := range *w.PhoneNumbers {
		lines = append(lines, PhoneNumber{
			ID:         each.ID,
			Number:     handle.New(strings.TrimSpace(each.PhoneNumber)),
			Reputation: each.Reputation.health(),
		})
	}
	return lines, nil
}
