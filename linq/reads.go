package linq

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"linqbot/linq/handle"
)

// Chat reads one chat. Besides an [*Error] or a [*NoAnswerError], an [*UnreadableError] says that
// the answer is no usable account of this chat.
func (c *Client) Chat(ctx context.Context, id ChatID) (Chat, error) {
	const op = "read chat"
	if id.IsZero() {
		return Chat{}, fmt.Errorf("linq: %s: no chat is named", op)
	}
	var chat Chat
	err := c.read(ctx, request{
		op:     op,
		method: http.MethodGet,
		path:   []string{"v3", "chats", id.String()},
		limit:  maxBody,
	}, func(body []byte) (err error) {
		chat, err = decodeChat(body, id)
		return err
	})
	return chat, err
}

// ChatsQuery narrows a listing of chats. The zero value lists all.
type ChatsQuery struct {
	From   handle.Handle // one of our lines
	To     handle.Handle // someone in the chat
	Limit  int           // chats a page, 1 to 100; defaults to Linq's own, 20
	Cursor string        // NextCursor of the page before; "": the first page
}

// MaxChatsLimit is the highest limit of a page that Linq allows.
const MaxChatsLimit = 100

// ChatsPage is one page of a listing. Linq documents no order.
type ChatsPage struct {
	Chats      []Chat
	NextCursor string // "" on the last page

	listed int // the same and those that were left out
}

// Chats reads one page of the account's chats.
func (c *Client) Chats(ctx context.Context, query ChatsQuery) (ChatsPage, error) {
	page, _, err := c.chatsPage(ctx, query)
	return page, err
}

// chatsPage also returns how many bytes the page took.
func (c *Client) chatsPage(ctx context.Context, query ChatsQuery) (page ChatsPage, size int, err error) {
	const op = "list chats"
	if query.Limit < 0 || query.Limit > MaxChatsLimit {
		return ChatsPage{}, 0, fmt.Errorf("linq: %s: the limit %d is not from 1 to %d", op, query.Limit, MaxChatsLimit)
	}
	err = c.read(ctx, request{
		op:     op,
		method: http.MethodGet,
		path:   []string{"v3", "chats"},
		query:  query.values(),
		limit:  maxChatPage,
	}, func(body []byte) (err error) {
		size = len(body)
		page, err = decodeChatsPage(body)
		return err
	})
	return page, size, err
}

func (q ChatsQuery) values() url.Values {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set("from", q.From.Full())
	set("to", q.To.Full())
	set("cursor", q.Cursor)
	if q.Limit > 0 {
		values.Set("limit", strconv.Itoa(q.Limit))
	}
	return values
}

// PhoneNumber is one of our lines.
type PhoneNumber struct {
	ID         string
	Number     handle.Handle
	Reputation Health
}

// PhoneNumbers lists our lines. It changes nothing and needs no argument, which makes it the call to
// test an API key with. Where the path is not known, its older spelling is tried.
func (c *Client) PhoneNumbers(ctx context.Context) ([]PhoneNumber, error) {
	lines, err := c.phoneNumbers(ctx, "phone_numbers")
	if !isNotFound(err) {
		return lines, err
	}
	if lines, older := c.phoneNumbers(ctx, "phonenumbers"); older == nil {
		return lines, nil
	}
	return nil, err
}

func (c *Client) phoneNumbers(ctx context.Context, path string) ([]PhoneNumber, error) {
	var lines []PhoneNumber
	err := c.read(ctx, request{
		op:     "list phone numbers",
		method: http.MethodGet,
		path:   []string{"v3", path},
		limit:  maxBody,
	}, func(body []byte) (err error) {
		lines, err = decodePhoneNumbers(body)
		return err
	})
	return lines, err
}
