package linq

import (
	"context"
	"fmt"
	"net/http"

	"linqbot/linq/handle"
)

// Accepted is Linq's word that it has queued a change. It does not mean that the change was made:
// that shows in the chat, or by webhook.
type Accepted struct {
	HTTPStatus int    // 202 as documented, or another 2xx
	Status     string // "accepted" as documented; "" if the answer says nothing
	Message    string // as Linq wrote it; pass it through [handle.MaskText] before anyone sees it
	TraceID    string // "" if the answer has none
}

// RemoveParticipant asks Linq to remove a person from a group chat. Send the chat's own spelling of
// the handle: whether Linq ignores case is not documented. Any 2xx is an acceptance, even one whose
// body cannot be read, for Linq may act on it.
func (c *Client) RemoveParticipant(ctx context.Context, chat ChatID, person handle.Handle) (Accepted, error) {
	return c.changeParticipant(ctx, "remove participant", http.MethodDelete, chat, person)
}

// AddParticipant asks Linq to add a person to a group chat that has at least three people.
func (c *Client) AddParticipant(ctx context.Context, chat ChatID, person handle.Handle) (Accepted, error) {
	return c.changeParticipant(ctx, "add participant", http.MethodPost, chat, person)
}

func (c *Client) changeParticipant(ctx context.Context, op, method string, chat ChatID, person handle.Handle) (Accepted, error) {
	if chat.IsZero() {
		return Accepted{}, fmt.Errorf("linq: %s: no chat is named", op)
	}
	if person.IsZero() {
		return Accepted{}, fmt.Errorf("linq: %s: no person is named", op)
	}
	got, err := c.do(ctx, request{
		op:     op,
		method: method,
		path:   []string{"v3", "chats", chat.String(), "participants"},
		body:   map[string]string{"handle": person.Full()},
		limit:  maxBody,
	})
	if err != nil {
		return Accepted{}, err
	}
	var e envelope
	if decodeJSON(got.body, &e) != nil {
		e = envelope{}
	}
	return Accepted{HTTPStatus: got.status, Status: e.Status, Message: cut(e.Message), TraceID: got.traceID}, nil
}
