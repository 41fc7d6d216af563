package bot

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

// A whole flow with every log line there is: somebody's number, the response_url, the signing
// secret and the token stay where they belong, whatever goes wrong on the way.
func TestNothingPrivateLeaks(t *testing.T) {
	t.Parallel()
	s, _ := newBase(t, slacktest.Config{BotToken: "xoxb-not-for-the-log", SigningSecret: "signing-not-for-the-log"})
	logger, log := newLog()
	startLedger(t, s.ledger, ledger.Workers{})
	s.shows = newShow(s, logger, nil).Run
	e := New(Config{
		SigningSecrets: []string{s.slack.Config().SigningSecret},
		Commands: map[string]Command{testCommand: commands.NewRemove(commands.RemoveConfig{
			Policy: policy.Policy{Everyone: true}, Recorder: s.ledger, Region: "US", Logger: logger,
		})},
		Teams: knownTeams(t, s.slack.Config().TeamID), SlackURL: s.slack.APIURL(), Ready: s.ledger.Ready, Logger: logger,
	})
	server := httptest.NewServer(e.Handler())
	t.Cleanup(server.Close)
	s.clock.pass(time.Since(s.clock.now())) // signatures hold for five minutes of real time

	var urls []string
	send := func(channel, user, text string) string {
		ack, err := s.slack.Send(t.Context(), server.URL, slacktest.Command{Text: text, UserID: user, ChannelID: channel})
		assert.NilError(t, err)
		assert.Equal(t, ack.ResponseType, "ephemeral")
		urls = append(urls, ack.ResponseURL)
		return ack.TriggerID
	}
	const elsewhere = "C0ELSEWHERE"
	s.slack.AddChannel(slacktest.Channel{ID: elsewhere, Name: "elsewhere"})
	s.slack.AddChannel(slacktest.Channel{ID: "C0THIRD", Name: "third"})
	const address = "ann.private@example.com"

	// In a thread, with a follower, and everything lost once.
	d := send(ops, ada, chatID+" (415) 555-0132, "+address)
	send(ops, grace, chatID+" "+ann)
	for _, fault := range []slacktest.Fault{
		{Method: "chat.postMessage", Drop: slacktest.AfterEffect, Times: 1},
		{Method: "conversations.history", Status: 500, Times: 1},
		{Method: "chat.postMessage", RetryAfter: time.Second, Times: 1},
		{Method: "response_url", Drop: slacktest.BeforeEffect, Times: 1},
	} {
		s.slack.Inject(fault)
	}
	s.settle(d)
	s.news(d, ann, func(r *ledger.Request) { removed(r); r.ChatName = "Ann " + ann + " and " + address })
	s.news(d, address, func(r *ledger.Request) {
		r.State, r.Reason, r.LinqSaid = ledger.Refused, "linq_9999", "<!channel> nobody"
	})
	s.settle(d)

	// By response_url, with every kind of trouble there, and by direct message in the end.
	for _, fault := range []slacktest.Fault{
		{Method: "response_url", Drop: slacktest.BeforeEffect, Times: 1},
		{Method: "response_url", Status: 500, Times: 1},
		{Method: "response_url", RetryAfter: time.Second, Times: 1},
		{Method: "response_url", Redirect: "https://elsewhere.test/", Times: 1},
	} {
		s.slack.Inject(fault)
	}
	d2 := send(elsewhere, ada, chatID+" "+bert)
	s.settle(d2)
	s.news(d2, bert, removed)
	s.settle(d2)
	assert.Equal(t, s.view(d2).Thread.Route, ledger.ByDirect)

	// Nothing works any more, not even the network.
	d3 := send("C0THIRD", ada, chatID+" "+cleo)
	send(ops, ada, chatID+" <@U0ADA> "+ann) // and a mistake
	s.stop()
	assert.Assert(t, s.run(d3) > 0)

	secrets := []string{
		ann, ann[1:], bert[1:], cleo[1:], "4155550132", "555-0132", "5550132", address, "ann.private",
		s.slack.Config().SigningSecret, s.slack.Config().BotToken,
	}
	for _, url := range urls {
		secrets = append(secrets, url, url[strings.LastIndex(url, "/")+1:])
	}
	public, err := json.Marshal([][]slacktest.Message{
		s.slack.Messages(ops), s.slack.Messages(elsewhere), s.slack.Messages("C0THIRD"), s.slack.DirectMessages(ada),
	})
	assert.NilError(t, err)
	assert.Assert(t, len(s.slack.Messages(ops)) >= 3 && len(s.slack.DirectMessages(ada)) == 1)
	for _, line := range []string{
		"request served", "command answered", "not told yet", "a follower was not told", `"from":"response_url"`, "not known whether posted",
	} {
		assert.Assert(t, strings.Contains(log.String(), line), "nothing was logged of %q:\n%s", line, log)
	}
	for _, secret := range secrets {
		assert.Assert(t, !strings.Contains(log.String(), secret), "the log holds %q:\n%s", secret, log)
		assert.Assert(t, !strings.Contains(s.log.String(), secret), "the ledger's log holds %q:\n%s", secret, s.log)
		assert.Assert(t, !strings.Contains(string(public), secret), "people see %q:\n%s", secret, public)
	}
}
