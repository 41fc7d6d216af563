package e2e_test

import (
	"regexp"
	"testing"
	"time"

	"gotest.tools/v3/golden"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/internal/picture"
	"linqbot/linq/linqtest"
)

// The picture of a thread in the README is what the real bot says. Ids and times, which differ from run to run, are the
// same in every picture. With -update it is drawn again.
func TestThePicture(t *testing.T) {
	t.Parallel()
	const dana, launch, typed = "U0DANA", "C0LAUNCH", "(415) 555-0132"
	env := newEnv(t, linqtest.Config{})
	env.slack.AddUser(slacktest.User{ID: dana, Name: "Dana"})
	env.slack.AddChannel(slacktest.Channel{ID: launch, Name: "launch", BotMember: true})
	env.chat = env.linq.AddChat(linqtest.Group("Spring launch", line, numbers(132, 8)...))
	env.start()
	env.send(slacktest.Command{UserID: dana, ChannelID: launch, Text: env.chat + " " + typed})
	thread := func() []slacktest.Message { return env.slack.Thread(launch, firstOf(env.slack.Messages(launch)).TS) }
	env.await("the end of the thread", func() bool {
		replies := thread()
		return len(replies) > 1 && regexp.MustCompile("✅").MatchString(replies[0].Rendered) && regexp.MustCompile("(?s)✅.*Add back").MatchString(replies[1].Rendered)
	})

	at := time.Date(2026, 11, 23, 9, 41, 7, 0, time.UTC)
	same := func(text string) string {
		for _, each := range []struct{ pattern, text string }{
			{`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, "550e8400-e29b-41d4-a716-446655440000"},
			{"Trace id `[0-9a-f]+`", "Trace id `e1cdd517c29e4196aa453f338bb1bf8a`"},
			{"Request `[0-9a-f]+`", "Request `5184fa27`"},
			{`!date\^\d+\^`, "!date^1795426867^"},
		} {
			text = regexp.MustCompile(each.pattern).ReplaceAllString(text, each.text)
		}
		return text
	}
	drawn := picture.Channel{Name: "#launch", Typed: same("/linq-remove " + env.chat + " " + typed), Names: namesIn{env.slack}, Now: at}
	for i, m := range append(env.slack.Ephemerals(launch, dana), thread()...) {
		shown := picture.Message{Author: "linqbot", App: true, At: at.Format("15:04"), Text: same(m.Text), Blocks: []byte(same(string(m.Blocks)))}
		if m.VisibleTo != "" {
			shown.Note = "Only visible to you"
		}
		shown.Reply = m.ThreadTS != "" && i > 0
		drawn.Messages = append(drawn.Messages, shown)
	}
	svg, err := picture.SVG(drawn)
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, string(svg), "../../../../docs/thread.svg")
}

func firstOf(messages []slacktest.Message) slacktest.Message {
	if len(messages) == 0 {
		return slacktest.Message{}
	}
	return messages[0]
}

// namesIn are the names of those whom a picture mentions.
type namesIn struct{ slack *slacktest.Slack }

func (n namesIn) UserName(id string) string {
	for _, u := range n.slack.Users() {
		if u.ID == id {
			return u.Name
		}
	}
	return id
}

func (namesIn) ChannelName(id string) string { return id }
func (namesIn) GroupHandle(id string) string { return id }
