package bot

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/ingress"
)

// Bytes that Slack signed for one route mean nothing on another, whatever content type they are given.
func TestABodyHasOneMeaning(t *testing.T) {
	t.Parallel()
	const smuggled = `x&command=%2Flinq-remove&user_id=U0ADMIN&team_id=` + bottest.Team + `&text=hello&x=`
	const press = `{"type":"block_actions","user":{"id":"U0ADMIN","team_id":"` + bottest.Team + `"},"actions":[]}`
	quoted := func(text string) string {
		encoded, err := json.Marshal(text)
		assert.NilError(t, err)
		return string(encoded)
	}
	step := stepEvent(func(_, inner map[string]any) { inner["inputs"] = map[string]any{"handle": smuggled} })
	interaction := url.Values{"payload": {press}}.Encode()
	command := form("hello").Encode()
	for name, tc := range map[string]struct{ path, body string }{
		"a step as a command":                {CommandsPath, step},
		"a message as a command":             {CommandsPath, `{"type":"event_callback","event":{"type":"message","text":` + quoted(smuggled) + `}}`},
		"a press as a command":               {CommandsPath, interaction},
		"a press with fields of a command":   {CommandsPath, interaction + "&command=%2Flinq-remove&user_id=U0ADMIN"},
		"a command with a payload":           {CommandsPath, command + "&payload=%7B%7D"},
		"a command whose field comes twice":  {CommandsPath, command + "&user_id=U0ADMIN"},
		"a command with an empty name":       {CommandsPath, command + "&=x"},
		"a command with a name in capitals":  {CommandsPath, command + "&Text=x"},
		"a command with a name that encodes": {CommandsPath, command + "&te%78t%00=x"},
		"a step as a press": {InteractionsPath, stepEvent(func(_, inner map[string]any) {
			inner["inputs"] = map[string]any{"handle": "x&payload=" + url.QueryEscape(press) + "&x="}
		})},
		"a command as a press":                {InteractionsPath, command},
		"a command with a press":              {InteractionsPath, command + "&payload=" + url.QueryEscape(press)},
		"a press and something else":          {InteractionsPath, interaction + "&token=x"},
		"two presses":                         {InteractionsPath, interaction + "&" + interaction},
		"a payload that is a list":            {InteractionsPath, "payload=" + url.QueryEscape("["+press+"]")},
		"a payload of nobody":                 {InteractionsPath, "payload=%7B%7D"},
		"a command as an event":               {EventsPath, command},
		"a press as an event":                 {EventsPath, interaction},
		"a press's payload as an event":       {EventsPath, "[" + press + "]"},
		"an event without a type":             {EventsPath, `{}`},
		"nothing as an event":                 {EventsPath, `null`},
		"two events":                          {EventsPath, step + step},
		"an event with something after it":    {EventsPath, step + "&x=1"},
		"an event whose type is not a string": {EventsPath, `{"type":["event_callback"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var refusals []ingress.Refusal
			e, taken := newEventEdge(t, nil, func(c *Config) {
				c.Interactive = new(Interactive)
				c.Refused = func(why ingress.Refusal) { refusals = append(refusals, why) }
			})
			e.wantRefused(e.serve(signedRequest(t, tc.path, testSecret, tc.body)), http.StatusBadRequest)
			assert.Equal(t, len(*taken), 0)
			assert.DeepEqual(t, refusals, []ingress.Refusal{ingress.WrongShape})
		})
	}
}

// FuzzReadForm: whatever is taken has plain names, each once, and reads the same when it is written anew.
func FuzzReadForm(f *testing.F) {
	f.Add(form("hello").Encode())
	f.Add(`{"a":"x&command=%2Flinq-remove&user_id=U1"}`)
	f.Add("payload=%7B%7D")
	f.Add("a=1&a=2")
	f.Add("a;b=c")
	f.Fuzz(func(t *testing.T, body string) {
		read, err := readForm([]byte(body))
		if err != nil {
			return
		}
		again, err := readForm([]byte(read.Encode()))
		assert.NilError(t, err)
		assert.DeepEqual(t, again, read)
		for name, values := range read {
			assert.Equal(t, len(values), 1)
			assert.Assert(t, isFieldName(name))
		}
	})
}
