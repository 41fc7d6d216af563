package linq_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
)

func TestParseChatID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		testChat:                                testChat,
		strings.ToUpper(testChat):               testChat,
		"00000000-0000-0000-0000-00000000":      "it has 32 characters, not 36",
		"":                                      "it has 0 characters, not 36",
		" " + testChat:                          "it has 37 characters, not 36",
		"{" + testChat + "}":                    "it has 38 characters, not 36",
		"urn:uuid:" + testChat:                  "it has 45 characters, not 36",
		strings.ReplaceAll(testChat, "-", ""):   "it has 32 characters, not 36",
		testChat[:35] + "g":                     "it is not made of hexadecimal digits in groups of 8-4-4-4-12",
		testChat[:34] + "é1":                    "it is not made of hexadecimal digits in groups of 8-4-4-4-12",
		"3b9d7c522-f64-4a7e-8d0b-6f1f0a9c4e11":  "it is not made of hexadecimal digits in groups of 8-4-4-4-12",
		"../webhook-subscriptions/b2c3d4e5-xyz": "it has 37 characters, not 36",
		"../messages/b2c3d4e5-aaaa-bbbb-cccc?":  "it is not made of hexadecimal digits in groups of 8-4-4-4-12",
	} {
		id, err := linq.ParseChatID(text)
		if want == testChat {
			assert.NilError(t, err, "%q", text)
			assert.Equal(t, id.String(), want)
			continue
		}
		var wrong *linq.ChatIDError
		assert.Assert(t, errors.As(err, &wrong), "%q", text)
		assert.Equal(t, wrong.Text, text)
		assert.Equal(t, wrong.Reason, want, "%q", text)
		assert.Assert(t, id.IsZero())
	}
}

func TestChatIDAsText(t *testing.T) {
	t.Parallel()
	var id linq.ChatID
	assert.NilError(t, json.Unmarshal([]byte(`"`+strings.ToUpper(testChat)+`"`), &id))
	encoded, err := json.Marshal(id)
	assert.NilError(t, err)
	assert.Equal(t, string(encoded), `"`+testChat+`"`)
	assert.ErrorContains(t, json.Unmarshal([]byte(`"x"`), &id), "not a chat id")
}

// Whatever is accepted as a chat id is one canonical path segment, and the call goes where it should.
func FuzzParseChatID(f *testing.F) {
	for _, seed := range []string{
		testChat, strings.ToUpper(testChat), "../messages/b2c3d4e5-aaaa-bbbb-cccc?", "../webhook-subscriptions/b2c3d4e5#",
		"3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e1/", "3b9d7c52%2f2f64-4a7e-8d0b-6f1f0a9c4e", "{3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11}",
	} {
		f.Add(seed)
	}
	canonical := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	f.Fuzz(func(t *testing.T, text string) {
		id, err := linq.ParseChatID(text)
		if err != nil {
			return
		}
		if !canonical.MatchString(id.String()) || !strings.EqualFold(id.String(), text) {
			t.Fatalf("%q became %q", text, id)
		}
		if again, err := linq.ParseChatID(id.String()); err != nil || again != id {
			t.Fatalf("%q is not understood again: %v", id, err)
		}
		client := newClient(t, linq.DefaultBaseURL, &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if got, want := r.URL.String(), linq.DefaultBaseURL+"v3/chats/"+id.String()+"/participants"; got != want {
				t.Fatalf("%q went to %s", text, got)
			}
			return &http.Response{StatusCode: http.StatusAccepted, Body: http.NoBody}, nil
		})})
		if _, err := client.RemoveParticipant(t.Context(), id, handle.New("+12025550143")); err != nil {
			t.Fatal(err)
		}
	})
}
