package linqtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// get reads a path as Linq's own clients do, and checks that the fields they require are there.
func get(t *testing.T, l *linqtest.Linq, path string, wantStatus int, required ...string) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.BaseURL()+path, nil)
	assert.NilError(t, err)
	r.Header.Set("Authorization", "Bearer "+l.APIKey())
	response, err := http.DefaultClient.Do(r)
	assert.NilError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	assert.NilError(t, err)
	assert.Equal(t, response.StatusCode, wantStatus, "%s", body)
	var fields map[string]any
	assert.NilError(t, json.Unmarshal(body, &fields))
	for _, name := range required {
		_, there := fields[name]
		assert.Assert(t, there, "%s in %s", name, body)
	}
	return fields
}

func TestWhatOfficialClientsRead(t *testing.T) {
	t.Parallel()
	l := linqtest.Start(t, linqtest.Config{PhoneNumbers: []string{line}})
	made := l.AddSubscription(linqtest.Subscription{TargetURL: "https://bot.example.com/linq/webhooks"})

	lines := get(t, l, "v3/phonenumbers", http.StatusOK, "phone_numbers")["phone_numbers"].([]any)
	assert.Equal(t, len(lines), 1)
	old := lines[0].(map[string]any)
	assert.Equal(t, old["phone_number"], line)
	for _, name := range []string{"id", "type", "country_code", "capabilities"} {
		assert.Assert(t, old[name] != nil, name)
	}

	events := get(t, l, "v3/webhook-events", http.StatusOK, "events", "doc_url")["events"].([]any)
	for _, name := range []string{linq.EventParticipantRemoved, linq.EventParticipantAdded} {
		assert.Assert(t, contains(events, name), name)
	}

	one := get(t, l, "v3/webhook-subscriptions/"+made.ID, http.StatusOK,
		"id", "target_url", "subscribed_events", "phone_numbers", "is_active", "created_at", "updated_at")
	assert.Equal(t, one["id"], made.ID)
	assert.Assert(t, one["signing_secret"] == nil, "it is shown once")
	refusal := get(t, l, "v3/webhook-subscriptions/00000000-2f64-4a7e-8d0b-6f1f0a9c4e11", http.StatusNotFound, "success", "error", "trace_id")
	assert.Equal(t, refusal["error"].(map[string]any)["code"], 2010.0)
}

func contains(all []any, name string) bool {
	for _, each := range all {
		if each == name {
			return true
		}
	}
	return false
}
