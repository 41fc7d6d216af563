package slacktest_test

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

// What was sent to the bot, and what the bot called, can be read with its bodies.
func TestTheJournalHasBodies(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	bot := newBot(t, fake, "application/json", `{"text":"Done."}`)
	_, err := fake.Send(t.Context(), bot.url, slacktest.Command{Text: "a b"})
	assert.NilError(t, err)
	sent := fake.Deliveries()
	assert.Equal(t, len(sent), 1)
	assert.Assert(t, sent[0].Ended && strings.HasSuffix(sent[0].URL, "/slack/commands"))
	assert.Assert(t, strings.Contains(string(sent[0].Body), "text=a+b"))
	assert.Assert(t, sent[0].Header.Get(slacktest.SignatureHeader) != "")
	assert.Equal(t, string(sent[0].Ack.Body), `{"text":"Done."}`)

	changed := fake.Changed()
	_, _, err = api.PostMessageContext(t.Context(), ops, text("hello"))
	assert.NilError(t, err)
	<-changed
	calls := fake.Calls()
	assert.Assert(t, strings.Contains(string(calls[len(calls)-1].Answer), `"ok":true`))
}

func TestSubmittedDoesWhatTheAnswerSays(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	view := slacktest.View{ID: "V1"}
	for body, want := range map[string]slacktest.Submission{
		"":                            {},
		`{"response_action":"clear"}`: {},
		`{"response_action":"errors","errors":{"a":"no"}}`: {Open: true, Errors: map[string]string{"a": "no"}},
	} {
		got, err := fake.Submitted(view, slacktest.Ack{Status: 200, Body: []byte(body)})
		assert.NilError(t, err)
		assert.DeepEqual(t, got, want)
	}
	for _, body := range []string{`{"response_action":"update","view":{}}`, `{"response_action":"dance"}`, "<html>"} {
		got, err := fake.Submitted(view, slacktest.Ack{Status: 200, Body: []byte(body)})
		assert.Assert(t, err != nil && got.Open, body)
	}
	_, err := fake.Submitted(view, slacktest.Ack{Status: 500})
	assert.ErrorContains(t, err, "http_service_error")
}

// Of several buttons with one action id the value tells which is pressed.
func TestPressOne(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	bot := newBot(t, fake, "application/json", "")
	one := slack.NewButtonBlockElement("back", "1", slack.NewTextBlockObject(slack.PlainTextType, "Back", false, false))
	two := slack.NewButtonBlockElement("back", "2", slack.NewTextBlockObject(slack.PlainTextType, "Back", false, false))
	_, _, err := api.PostMessageContext(t.Context(), ops, text("two"), slack.MsgOptionBlocks(
		slack.NewActionBlock("a", one), slack.NewActionBlock("b", two)))
	assert.NilError(t, err)
	_, err = fake.PressOne(t.Context(), bot.url, ada, fake.Messages(ops)[0], "back", "2")
	assert.NilError(t, err)
	payload, err := slack.InteractionCallbackParse(formRequest(t, bot.body))
	assert.NilError(t, err)
	assert.Equal(t, payload.ActionCallback.BlockActions[0].BlockID, "b")
	_, err = fake.PressOne(t.Context(), bot.url, ada, fake.Messages(ops)[0], "back", "3")
	assert.ErrorContains(t, err, "no button")
}

func TestSlackbotTellsOnePerson(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	fake.Tell(ada, ops, "", "not a command")
	assert.Equal(t, fake.Ephemerals(ops, ada)[0].Text, "not a command")
	assert.Equal(t, len(fake.Ephemerals(ops, grace))+len(fake.Messages(ops)), 0)
	assert.Equal(t, fake.DirectMessage(ada).ID, fake.DirectMessage(ada).ID)
}
