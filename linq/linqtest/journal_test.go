package linqtest_test

import (
	"net/http"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq/linqtest"
)

// What was asked and answered can be read with its bodies, and chats as they are.
func TestTheJournalHasBodies(t *testing.T) {
	l := linqtest.Start(t, linqtest.Config{})
	id := l.AddChat(linqtest.Group("Spring", "+12025550100", "+12025550132", "+12025550143", "+12025550154"))
	changed := l.Changed()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, l.BaseURL()+"v3/chats/"+id+"/participants", strings.NewReader(`{"handle":"+12025550132"}`))
	assert.NilError(t, err)
	request.Header.Set("Authorization", "Bearer "+l.APIKey())
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	assert.NilError(t, err)
	defer answer.Body.Close()
	<-changed
	last := l.Exchanges()[0]
	assert.Equal(t, string(last.Body), `{"handle":"+12025550132"}`)
	assert.Assert(t, strings.Contains(string(last.Answer), `"accepted"`))
	assert.Equal(t, last.Status, l.Calls()[0].Status)
	assert.Assert(t, !l.Chats()[0].People[1].Active())
}

func TestASubscriptionIsSilencedAndHeardAgain(t *testing.T) {
	l := linqtest.New(linqtest.Config{})
	made := l.AddSubscription(linqtest.Subscription{TargetURL: "http://127.0.0.1:1/"})
	l.SetActive(made.ID, false)
	assert.Assert(t, !l.Subscriptions()[0].Active)
	l.SetActive(made.ID, true)
	assert.Assert(t, l.Subscriptions()[0].Active)
}
