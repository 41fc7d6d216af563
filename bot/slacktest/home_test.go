package slacktest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// publish calls views.publish, and returns Slack's error code.
func publish(t *testing.T, s *Slack, form url.Values) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/api/views.publish", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", formType)
	r.Header.Set("Authorization", "Bearer "+s.Config().BotToken)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer struct{ Error string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Error
}

const aHome = `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"Hello"}},
	{"type":"section","text":{"type":"mrkdwn","text":"*one*"},"accessory":{"type":"button","action_id":"go","value":"1","text":{"type":"plain_text","text":"Go"}}},
	{"type":"actions","elements":[{"type":"button","action_id":"go","value":"2","text":{"type":"plain_text","text":"Go too"}}]}]}`

func TestWhatMayBePublished(t *testing.T) {
	t.Parallel()
	block := `{"type":"divider"},`
	for name, tc := range map[string]struct{ user, view, want string }{
		"a home":            {"U1", aHome, ""},
		"for nobody":        {"U9", aHome, "user_not_found"},
		"a modal":           {"U1", `{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[]}`, "invalid_arguments"},
		"a title":           {"U1", `{"type":"home","title":{"type":"plain_text","text":"x"},"blocks":[]}`, "invalid_arguments"},
		"a hundred blocks":  {"U1", `{"type":"home","blocks":[` + strings.Repeat(block, 99) + `{"type":"divider"}]}`, ""},
		"one more":          {"U1", `{"type":"home","blocks":[` + strings.Repeat(block, 100) + `{"type":"divider"}]}`, "invalid_arguments"},
		"too much metadata": {"U1", `{"type":"home","private_metadata":"` + strings.Repeat("x", 3001) + `","blocks":[]}`, "invalid_arguments"},
		"too large": {"U1", `{"type":"home","blocks":[` + strings.Repeat(`{"type":"section","text":{"type":"mrkdwn","text":"`+strings.Repeat("x", 3000)+`"}},`, 90) +
			`{"type":"divider"}]}`, "view_too_large"},
	} {
		s := New(Config{})
		s.AddUser(User{ID: "U1"})
		if got := publish(t, s, url.Values{"user_id": {tc.user}, "view": {tc.view}}); got != tc.want {
			t.Errorf("%s: %q", name, got)
		}
		if _, published := s.HomeView("U1"); published != (tc.want == "") {
			t.Errorf("%s: published %t", name, published)
		}
	}
	off := New(Config{HomeTabDisabled: true})
	off.AddUser(User{ID: "U1"})
	if got := publish(t, off, url.Values{"user_id": {"U1"}, "view": {aHome}}); got != "not_enabled" {
		t.Error(got)
	}
	if _, err := off.OpenHome(t.Context(), "http://127.0.0.1:1", "U1"); err == nil {
		t.Error("a tab that is off was opened")
	}
}

func TestAHomeIsOfOnePerson(t *testing.T) {
	t.Parallel()
	s := New(Config{})
	s.AddUser(User{ID: "U1", Name: "Ada"})
	s.AddUser(User{ID: "U2"})
	for range 2 {
		if code := publish(t, s, url.Values{"user_id": {"U1"}, "view": {aHome}}); code != "" {
			t.Fatal(code)
		}
	}
	if got := s.Home("U1"); got != "linqbot · Home · Ada\n────────────────────\nHello\none\n[ Go ]\n[ Go too ]\n" {
		t.Error(got)
	}
	if got := s.Home("U2"); got != "" || len(s.Views()) != 1 {
		t.Errorf("%q, %d views", got, len(s.Views()))
	}
	v, _ := s.HomeView("U1")
	stale := url.Values{"user_id": {"U1"}, "view": {aHome}, "hash": {"older"}}
	if code := publish(t, s, stale); code != "hash_conflict" {
		t.Error(code)
	}
	stale.Set("hash", v.Hash)
	if code := publish(t, s, stale); code != "" {
		t.Error(code)
	}
}

// What Slack sends when a home is opened, and when something in it is pressed.
func TestAHomeIsOpenedAndPressed(t *testing.T) {
	t.Parallel()
	s := New(Config{})
	s.AddUser(User{ID: "U1"})
	var got []map[string]any
	bot := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body map[string]any
		raw := []byte(r.PostFormValue("payload"))
		if r.URL.Path == "/slack/events" {
			var outer struct{ Event json.RawMessage }
			if err := json.NewDecoder(r.Body).Decode(&outer); err != nil {
				t.Error(err)
			}
			raw = outer.Event
		}
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Error(err)
		}
		got = append(got, body)
	}))
	defer bot.Close()
	open := func() map[string]any {
		if ack, err := s.OpenHome(t.Context(), bot.URL, "U1"); err != nil || ack.Status != http.StatusOK {
			t.Fatal(ack.Status, err)
		}
		return got[len(got)-1]
	}
	first := open()
	if _, viewed := first["view"]; viewed || first["type"] != "app_home_opened" || first["tab"] != "home" || first["user"] != "U1" ||
		!strings.HasPrefix(first["channel"].(string), "D") {
		t.Errorf("%v", first)
	}
	if _, err := s.PressHome(t.Context(), bot.URL, "U1", "go", "1"); err == nil {
		t.Error("pressed what is not there")
	}
	publish(t, s, url.Values{"user_id": {"U1"}, "view": {aHome}})
	v, _ := s.HomeView("U1")
	if view, _ := open()["view"].(map[string]any); view["id"] != v.ID || view["hash"] != v.Hash {
		t.Errorf("%v", view)
	}
	for _, value := range []string{"1", "2"} {
		if _, err := s.PressHome(t.Context(), bot.URL, "U1", "go", value); err != nil {
			t.Fatal(err)
		}
		pressed := got[len(got)-1]
		action := pressed["actions"].([]any)[0].(map[string]any)
		view := pressed["view"].(map[string]any)
		if action["value"] != value || action["action_id"] != "go" || action["block_id"] == "" || view["type"] != "home" || view["id"] != v.ID {
			t.Errorf("%v", pressed)
		}
		for _, absent := range []string{"response_url", "channel", "message"} {
			if _, there := pressed[absent]; there {
				t.Errorf("there is a %s: %v", absent, pressed)
			}
		}
	}
	if _, err := s.PressHome(t.Context(), bot.URL, "U1", "go", "3"); err == nil {
		t.Error("pressed what is not there")
	}
}
