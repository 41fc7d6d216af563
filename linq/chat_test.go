package linq_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
)

// byValue compares what hides its content from cmp.
var byValue = cmp.Options{
	cmp.Comparer(func(a, b handle.Handle) bool { return a == b }),
	cmp.Comparer(func(a, b linq.ChatID) bool { return a == b }),
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	assert.NilError(t, err)
	return at.UTC()
}

func readChat(t *testing.T, body string) (linq.Chat, error) {
	t.Helper()
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Trace-ID", "trace")
		_, _ = io.WriteString(w, body)
	})
	return client.Chat(t.Context(), chatID(t, testChat))
}

func TestChatInFull(t *testing.T) {
	t.Parallel()
	got, err := readChat(t, `{
		"id": "3B9D7C52-2F64-4A7E-8D0B-6F1F0A9C4E11",
		"display_name": "Spring launch",
		"is_group": true,
		"service": "iMessage",
		"handles": [
			{"id": "c0a8f1de-9b34-4f8e-8a2f-1f0e5d7b6a90", "handle": "+12025550100", "service": "iMessage", "status": "active", "is_me": true, "joined_at": "2026-09-30T17:20:00.000Z", "left_at": null},
			{"id": "c0a8f1de-9b34-4f8e-8a2f-1f0e5d7b6a91", "handle": "Jane@Example.com", "service": "iMessage", "status": "removed", "is_me": null, "joined_at": "2026-09-30T12:20:00-05:00", "left_at": "2026-10-12T09:41:06Z"}
		],
		"health_status": {"status": "AT_RISK", "doc_url": "https://docs.linqapp.com/health/", "updated_at": "2026-10-01T00:00:00Z"},
		"is_archived": false,
		"group_chat_icon": null,
		"created_at": "2026-09-30T17:20:00Z",
		"updated_at": "2026-10-12T09:41:06Z",
		"something_new": {"a": [1, 2]}
	}`)
	assert.NilError(t, err)
	joined, left := moment(t, "2026-09-30T17:20:00Z"), moment(t, "2026-10-12T09:41:06Z")
	want := linq.Chat{
		ID: chatID(t, testChat), DisplayName: "Spring launch", IsGroup: true, Service: linq.ServiceIMessage,
		Handles: []linq.Participant{
			{Handle: handle.New("+12025550100"), Status: linq.StatusActive, Service: "iMessage", IsMe: true, JoinedAt: joined},
			{Handle: handle.New("Jane@Example.com"), Status: linq.StatusRemoved, Service: "iMessage", JoinedAt: joined, LeftAt: &left},
		},
		Health:    linq.Health{Status: "AT_RISK", DocURL: "https://docs.linqapp.com/health/", UpdatedAt: moment(t, "2026-10-01T00:00:00Z")},
		CreatedAt: joined, UpdatedAt: left,
	}
	assert.DeepEqual(t, got, want, byValue)
}

func TestChatWithLittleInIt(t *testing.T) {
	t.Parallel()
	const person = `{"handle":"+12025550100"}`
	bare := linq.Chat{ID: chatID(t, testChat), KindUnknown: true, Handles: []linq.Participant{{Handle: handle.New("+12025550100")}}}
	for name, body := range map[string]string{
		"missing":  `{"id":"` + testChat + `","handles":[` + person + `]}`,
		"null":     `{"id":"` + testChat + `","display_name":null,"is_group":null,"service":null,"health_status":null,"created_at":null,"updated_at":null,"handles":[{"handle":"+12025550100","status":null,"service":null,"is_me":null,"joined_at":null,"left_at":null}]}`,
		"mistyped": `{"id":"` + testChat + `","display_name":5,"is_group":"yes","service":{},"health_status":"HEALTHY","created_at":17,"updated_at":"yesterday","handles":[{"handle":"+12025550100","status":1,"service":[],"is_me":"no","joined_at":"then","left_at":"0001-01-01T00:00:00Z"}]}`,
		"padded":   "\n {\"id\":\"" + testChat + "\",\"handles\":[null,{\"handle\":\" +12025550100\\n\"}]}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := readChat(t, body)
			assert.NilError(t, err)
			assert.DeepEqual(t, got, bare, byValue)
		})
	}
}

// Only Linq's word makes a chat one-to-one.
func TestKindOfChat(t *testing.T) {
	t.Parallel()
	const two, three = `{"handle":"+12025550100"},{"handle":"+12025550143"}`, `{"handle":"+12025550100"},{"handle":"+12025550143"},{"handle":"a@example.com"}`
	for name, test := range map[string]struct {
		said, people    string
		group, oneToOne bool
	}{
		"a group":                   {`"is_group":true,`, two, true, false},
		"a one-to-one chat":         {`"is_group":false,`, three, false, true},
		"a one-to-one chat, quoted": {`"is_group":"false",`, two, false, true},
		"missing, two people":       {``, two, false, false},
		"missing, three people":     {``, three, true, false},
		"missing, one listed twice": {``, two + `,{"handle":"+12025550143","status":"left"}`, false, false},
		"mistyped, three people":    {`"is_group":1,`, three, true, false},
		"null, three people":        {`"is_group":null,`, three, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chat, err := readChat(t, "\ufeff"+`{"id":"`+testChat+`",`+test.said+`"handles":[`+test.people+`]}`)
			assert.NilError(t, err)
			assert.Equal(t, chat.IsGroup, test.group)
			assert.Equal(t, chat.OneToOne(), test.oneToOne)
		})
	}
}

func TestAnswersThatAreNoAccountOfTheChat(t *testing.T) {
	t.Parallel()
	const people = `"handles":[{"handle":"+12025550100"}]`
	for name, body := range map[string]string{
		"empty":           ``,
		"HTML":            `<html>`,
		"cut off":         `{"id":"` + testChat + `",` + people,
		"two values":      `{"id":"` + testChat + `",` + people + `}{}`,
		"a list":          `[]`,
		"a string":        `"` + testChat + `"`,
		"null":            `null`,
		"another chat":    `{"id":"00000000-2f64-4a7e-8d0b-6f1f0a9c4e11",` + people + `}`,
		"no id":           `{` + people + `}`,
		"an id of no use": `{"id":"` + testChat[1:] + `",` + people + `}`,
		"a number as id":  `{"id":12025550143,` + people + `}`,
		"no handles":      `{"id":"` + testChat + `"}`,
		"handles null":    `{"id":"` + testChat + `","handles":null}`,
		"handles empty":   `{"id":"` + testChat + `","handles":[]}`,
		"handles nulls":   `{"id":"` + testChat + `","handles":[null,null]}`,
		"handles as text": `{"id":"` + testChat + `","handles":"+12025550100"}`,
		"over the limit":  strings.Repeat(" ", 1<<20) + `{"id":"` + testChat + `",` + people + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readChat(t, body)
			var unreadable *linq.UnreadableError
			assert.Assert(t, errors.As(err, &unreadable), "%T: %v", err, err)
			assert.Equal(t, unreadable.TraceID, "trace")
			assert.ErrorContains(t, err, "unreadable answer")
			assert.Assert(t, linq.Retriable(err))
		})
	}
}

// A full page of chats is larger than any other answer.
func TestBodyLimits(t *testing.T) {
	t.Parallel()
	padded := func(size int, body string) string { return strings.Repeat(" ", size-len(body)) + body }
	_, err := readChat(t, padded(1<<20, `{"id":"`+testChat+`","handles":[{"handle":"+12025550100"}]}`))
	assert.NilError(t, err)

	size := 8 << 20
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, padded(size, `{"chats":[]}`)) })
	_, err = client.Chats(t.Context(), linq.ChatsQuery{})
	assert.NilError(t, err)
	size++
	_, err = client.Chats(t.Context(), linq.ChatsQuery{})
	assert.ErrorContains(t, err, "too large")
}

func TestActive(t *testing.T) {
	t.Parallel()
	at := time.Now()
	for _, test := range []struct {
		status string
		leftAt *time.Time
		want   bool
	}{
		{"", nil, true},
		{"", &at, false},
		{"active", nil, true},
		{"active", &at, true},
		{"left", nil, false},
		{"left", &at, false},
		{"removed", nil, false},
		{"REMOVED", nil, false},
		{"something new", nil, true},
		{"something new", &at, false},
	} {
		got := linq.Participant{Status: test.status, LeftAt: test.leftAt}.Active()
		assert.Equal(t, got, test.want, "status %q, left at %v", test.status, test.leftAt)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	one := linq.Participant{Handle: handle.New("Jane@example.com"), Status: linq.StatusLeft}
	back := linq.Participant{Handle: handle.New("jane@Example.com"), Status: linq.StatusActive}
	again := linq.Participant{Handle: handle.New("JANE@example.com"), Status: linq.StatusRemoved}
	nameless := linq.Participant{}
	chat := linq.Chat{Handles: []linq.Participant{nameless, one, back, again}}

	got, ok := chat.Find(handle.New("jane@example.com"))
	assert.Assert(t, ok)
	assert.DeepEqual(t, got, back, byValue)
	_, ok = chat.Find(handle.New("john@example.com"))
	assert.Assert(t, !ok)
	_, ok = chat.Find(handle.Handle{})
	assert.Assert(t, !ok, "no one was asked for")

	chat.Handles = []linq.Participant{one}
	got, ok = chat.Find(handle.New("jane@example.com"))
	assert.Assert(t, ok)
	assert.DeepEqual(t, got, one, byValue)
	assert.Equal(t, len(chat.Active()), 0)
}

func TestAllChats(t *testing.T) {
	t.Parallel()
	page := func(cursor string, numbers ...int) string {
		var chats []string
		for _, n := range numbers {
			chats = append(chats, fmt.Sprintf(`{"id":"00000000-0000-4000-8000-%012d"}`, n))
		}
		return `{"chats":[` + strings.Join(chats, ",") + `],"next_cursor":` + cursor + `}`
	}
	for name, test := range map[string]struct {
		pages map[string]string // by cursor
		want  int
		err   string
	}{
		"one page":              {map[string]string{"": page("null", 1, 2)}, 2, ""},
		"no chats":              {map[string]string{"": page("null")}, 0, ""},
		"three pages":           {map[string]string{"": page(`"2"`, 1, 2), "2": page(`"4"`, 3, 4), "4": page(`""`, 5)}, 5, ""},
		"a cursor repeats":      {map[string]string{"": page(`"2"`, 1, 2), "2": page(`"2"`, 3)}, 3, "read before"},
		"an empty page goes on": {map[string]string{"": page(`"2"`, 1), "2": page(`"3"`), "3": page("null", 2)}, 1, "empty"},
		"cursors in a ring":     {map[string]string{"": page(`"2"`, 1), "2": page(`"4"`, 2), "4": page(`"2"`, 3)}, 3, "read before"},
		"cursor a number":       {map[string]string{"": page(`2`, 1), "2": page("null", 2)}, 2, ""},
		"a page is missing":     {map[string]string{"": page(`"2"`, 1)}, 1, "HTTP 404"},
		"no list":               {map[string]string{"": `{"chats":null}`}, 0, "no list"},
		"an id of no use":       {map[string]string{"": `{"chats":[{"id":"x"},null,5,{"id":"` + testChat + `"}]}`}, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := serve(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Check(t, r.URL.Query().Get("from") == "+12025550100")
				body, ok := test.pages[r.URL.Query().Get("cursor")]
				if !ok {
					w.WriteHeader(http.StatusNotFound)
				}
				_, _ = io.WriteString(w, body)
			})
			n, last := 0, error(nil)
			for _, err := range client.AllChats(t.Context(), linq.ChatsQuery{From: handle.New("+12025550100")}) {
				if err != nil {
					last = err
					continue
				}
				n++
			}
			assert.Equal(t, n, test.want)
			if test.err == "" {
				assert.NilError(t, last)
			} else {
				assert.ErrorContains(t, last, test.err)
			}
		})
	}
}

func TestAllChatsReadsNoFurtherThanAsked(t *testing.T) {
	t.Parallel()
	requests := 0
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests++
		_, _ = fmt.Fprintf(w, `{"chats":[{"id":"%s"},{"id":"%s"}],"next_cursor":"%d"}`, testChat, testChat, requests)
	})
	chats := client.AllChats(t.Context(), linq.ChatsQuery{})
	for range 2 { // it can be ranged over again, from the start
		requests = 0
		for _, err := range chats {
			assert.NilError(t, err)
			break
		}
		assert.Equal(t, requests, 1)
	}
}

func TestPhoneNumbers(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"phone_numbers":[{"id":"x","phone_number":"+12025550100","reputation":{"status":"HEALTHY","doc_url":"https://docs.linqapp.com/r/"},"forwarding_number":null},{"id":"y","phone_number":"+12025550101","reputation":null}]}`)
	})
	got, err := client.PhoneNumbers(t.Context())
	assert.NilError(t, err)
	assert.DeepEqual(t, got, []linq.PhoneNumber{
		{ID: "x", Number: handle.New("+12025550100"), Reputation: linq.Health{Status: "HEALTHY", DocURL: "https://docs.linqapp.com/r/"}},
		{ID: "y", Number: handle.New("+12025550101")},
	}, byValue)
}
