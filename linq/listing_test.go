package linq_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
)

// listed answers each page with one chat and a new cursor.
func listed(requests *int, wait time.Duration) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		*requests++
		time.Sleep(wait)
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		body := fmt.Sprintf(`{"chats":[{"id":"00000000-0000-4000-8000-%012d"}],"next_cursor":"%d"}`, *requests, *requests)
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

// A listing without an end is cut off, by whichever bound comes first.
func TestAListingWithoutAnEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		wait     time.Duration
		requests int
		chats    int
		reason   string
	}{
		{"ever new cursors", 0, linq.MaxListedPages, linq.MaxListedPages, "1000 pages"},
		{"slow pages", 7 * time.Second, 86, 85, "10 minutes"}, // the last one is cut off
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				requests, chats := 0, 0
				client := newClient(t, "https://linq.example/", &http.Client{Transport: listed(&requests, test.wait)})
				var last error
				for _, err := range client.AllChats(t.Context(), linq.ChatsQuery{}) {
					if last = err; err == nil {
						chats++
					}
				}
				cut, ok := errors.AsType[*linq.ListingError](last)
				assert.Assert(t, ok, "%v", last)
				assert.Assert(t, strings.Contains(cut.Reason, test.reason), "%s", cut.Reason)
				assert.Equal(t, requests, test.requests)
				assert.Equal(t, chats, test.chats, "what was listed is kept")
			})
		})
	}
}

// Bounds count what comes out of a compressed answer, and objects besides bytes.
func TestAnswersHaveABound(t *testing.T) {
	t.Parallel()
	bomb := func(before, repeat, after string, times int) http.HandlerFunc {
		var packed bytes.Buffer
		zip := gzip.NewWriter(&packed)
		_, err := io.WriteString(zip, before+strings.Repeat(repeat, times)+after)
		assert.NilError(t, errors.Join(err, zip.Close()))
		return func(w http.ResponseWriter, r *http.Request) {
			assert.Check(t, strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"))
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"bytes":   bomb(`{"x":"`, "x", `"}`, 9<<20),
		"objects": bomb(`{"chats":[{}`, ",{}", `],"phone_numbers":[],"subscriptions":[]}`, 60<<10),
		"arrays":  bomb(`{"chats":[[]`, ",[]", `],"phone_numbers":[],"subscriptions":[]}`, 60<<10),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := serve(t, handler)
			_, chat := client.Chat(t.Context(), chatID(t, testChat))
			_, chats := client.Chats(t.Context(), linq.ChatsQuery{})
			_, lines := client.PhoneNumbers(t.Context())
			_, subscriptions := client.Subscriptions(t.Context())
			for _, err := range []error{chat, chats, lines, subscriptions} {
				unreadable, ok := errors.AsType[*linq.UnreadableError](err)
				assert.Assert(t, ok, "%v", err)
				assert.Equal(t, unreadable.Reason, "it is too large")
			}
			accepted, err := client.RemoveParticipant(t.Context(), chatID(t, testChat), handle.New("+12025550132"))
			assert.NilError(t, err, "a 2xx is an acceptance")
			assert.Equal(t, accepted.HTTPStatus, http.StatusOK)
		})
	}
}
