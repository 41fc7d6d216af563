package bot

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/bot/workspace/workspacetest"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

// A whole flow with every log line there is: somebody's number, the response_url, the signing
// secret and the token stay where they belong, whatever goes wrong on the way.
func TestNothingPrivateLeaks(t *testing.T) {
	t.Parallel()
	s, _ := bottest.NewBase(t, slacktest.Config{BotToken: "xoxb-not-for-the-log", SigningSecret: "signing-not-for-the-log"})
	logger, log := bottest.NewLog()
	bottest.StartLedger(t, s.Ledger, ledger.Workers{})
	s.Shows = newPublisher(s, logger, nil).Run
	e := New(Config{
		SigningSecrets: []string{s.Slack.Config().SigningSecret},
		Commands: map[string]Command{testCommand: commands.NewRemove(commands.RemoveConfig{
			Gate:     policy.NewGate(policy.GateConfig{Policy: policy.Policy{Everyone: true}, Logger: logger}),
			Recorder: s.Ledger, Region: "US", Logger: logger,
		})},
		Teams: workspacetest.Known(t, s.Slack.Config().TeamID), SlackURL: s.Slack.APIURL(), Ready: s.Ledger.Ready, Logger: logger,
	})
	server := httptest.NewServer(e.Handler())
	t.Cleanup(server.Close)
	s.Clock.Pass(time.Since(s.Clock.Now())) // signatures hold for five minutes of real time

	var urls []string
	send := func(channel, user, text string) string {
		ack, err := s.Slack.Send(t.Context(), server.URL, slacktest.Command{Text: text, UserID: user, ChannelID: channel})
		assert.NilError(t, err)
		assert.Equal(t, ack.ResponseType, "ephemeral")
		urls = append(urls, ack.ResponseURL)
		return ack.TriggerID
	}
	const elsewhere = "C0ELSEWHERE"
	s.Slack.AddChannel(slacktest.Channel{ID: elsewhere, Name: "elsewhere"})
	s.Slack.AddChannel(slacktest.Channel{ID: "C0THIRD", Name: "third"})
	const address = "ann.private@example.com"

	// In a thread, with a follower, and everything lost once.
	d := send(bottest.Ops, bottest.Ada, bottest.ChatID+" (415) 555-0132, "+address)
	send(bottest.Ops, bottest.Grace, bottest.ChatID+" "+bottest.Ann)
	for _, fault := range []slacktest.Fault{
		{Method: "chat.postMessage", Drop: slacktest.AfterEffect, Times: 1},
		{Method: "conversations.history", Status: 500, Times: 1},
		{Method: "chat.postMessage", RetryAfter: time.Second, Times: 1},
		{Method: "response_url", Drop: slacktest.BeforeEffect, Times: 1},
	} {
		s.Slack.Inject(fault)
	}
	s.Settle(d)
	s.News(d, bottest.Ann, func(r *ledger.Request) { bottest.Removed(r); r.ChatName = "Ann " + bottest.Ann + " and " + address })
	s.News(d, address, func(r *ledger.Request) {
		r.State, r.Reason, r.LinqSaid = ledger.Refused, "linq_9999", "<!channel> nobody"
	})
	s.Settle(d)

	// By response_url, with every kind of trouble there, and by direct message in the end.
	for _, fault := range []slacktest.Fault{
		{Method: "response_url", Drop: slacktest.BeforeEffect, Times: 1},
		{Method: "response_url", Status: 500, Times: 1},
		{Method: "response_url", RetryAfter: time.Second, Times: 1},
		{Method: "response_url", Redirect: "https://elsewhere.test/", Times: 1},
	} {
		s.Slack.Inject(fault)
	}
	d2 := send(elsewhere, bottest.Ada, bottest.ChatID+" "+bottest.Bert)
	s.Settle(d2)
	s.News(d2, bottest.Bert, bottest.Removed)
	s.Settle(d2)
	assert.Equal(t, s.View(d2).Thread.Route, ledger.ByDirect)

	// Nothing works any more, not even the network.
	d3 := send("C0THIRD", bottest.Ada, bottest.ChatID+" "+bottest.Cleo)
	send(bottest.Ops, bottest.Ada, bottest.ChatID+" <@U0ADA> "+bottest.Ann) // and a mistake
	s.Stop()
	assert.Assert(t, s.Run(d3) > 0)

	secrets := []string{
		bottest.Ann, bottest.Ann[1:], bottest.Bert[1:], bottest.Cleo[1:], "4155550132", "555-0132", "5550132", address, "ann.private",
		s.Slack.Config().SigningSecret, s.Slack.Config().BotToken,
	}
	for _, url := range urls {
		secrets = append(secrets, url, url[strings.LastIndex(url, "/")+1:])
	}
	public, err := json.Marshal([][]slacktest.Message{
		s.Slack.Messages(bottest.Ops), s.Slack.Messages(elsewhere), s.Slack.Messages("C0THIRD"), s.Slack.DirectMessages(bottest.Ada),
	})
	assert.NilError(t, err)
	assert.Assert(t, len(s.Slack.Messages(bottest.Ops)) >= 3 && len(s.Slack.DirectMessages(bottest.Ada)) == 1)
	for _, line := range []string{
		"request served", "command answered", "not told yet", "a follower was not told", `"from":"response_url"`, "not known whether posted",
	} {
		assert.Assert(t, strings.Contains(log.String(), line), "nothing was logged of %q:\n%s", line, log)
	}
	for _, secret := range secrets {
		assert.Assert(t, !strings.Contains(log.String(), secret), "the log holds %q:\n%s", secret, log)
		assert.Assert(t, !strings.Contains(s.Log.String(), secret), "the ledger's log holds %q:\n%s", secret, s.Log)
		assert.Assert(t, !strings.Contains(string(public), secret), "people see %q:\n%s", secret, public)
	}
}
