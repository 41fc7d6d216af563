package slacktest_test

import (
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

func TestTheScreenShowsWhatAPersonSees(t *testing.T) {
	clock := newClock()
	fake, api := start(t, slacktest.Config{Now: clock.now})
	wait := func() { clock.at = clock.at.Add(time.Minute) }

	fake.PostAs(ada, ops, "", "who is still in *Spring launch*?")
	wait()
	_, parent, err := api.PostMessageContext(t.Context(), ops, text("not shown"),
		slack.MsgOptionBlocks(section("⏳ <@U0ADA> asked to remove +1 ••• ••• 0132 from *Spring &amp; launch*")))
	assert.NilError(t, err)
	wait()
	_, err = api.PostEphemeralContext(t.Context(), ops, ada, text("Removing +1 415 555 0132"))
	assert.NilError(t, err)
	_, status, err := api.PostMessageContext(t.Context(), ops, text("not shown"), slack.MsgOptionTS(parent),
		slack.MsgOptionBlocks(section("queued")))
	assert.NilError(t, err)
	_, plain, err := api.PostMessageContext(t.Context(), ops, text("checking"), slack.MsgOptionTS(parent))
	assert.NilError(t, err)
	wait()
	button := slack.NewButtonBlockElement("undo", "r1", slack.NewTextBlockObject(slack.PlainTextType, "Try again", false, false))
	link := slack.NewButtonBlockElement("chat", "r1", slack.NewTextBlockObject(slack.PlainTextType, "Open <chat>", false, false))
	_, _, _, err = api.UpdateMessageContext(t.Context(), ops, status, text("not shown"), slack.MsgOptionBlocks(
		section("✅ They have left.\nSee <https://linqapp.com/chats|the chat> or <#C0OPS>"),
		slack.NewContextBlock("",
			slack.NewTextBlockObject(slack.MarkdownType, "trace `a*b*c`", false, false),
			slack.NewTextBlockObject(slack.MarkdownType, "<!date^1773480413^{time}|09:26 UTC>", false, false)),
		slack.NewActionBlock("", button, link),
	))
	assert.NilError(t, err)
	_, _, _, err = api.UpdateMessageContext(t.Context(), ops, plain, text("checked"))
	assert.NilError(t, err)

	screen := `#ops
────

Ada  09:26
  who is still in Spring launch?

linqbot APP  09:27
  ⏳ @Ada asked to remove +1 ••• ••• 0132 from Spring & launch
  ↳ linqbot APP  09:28
  │ ✅ They have left.
  │ See the chat or #ops
  │ trace a*b*c  09:26 UTC
  │ [ Try again ] [ Open <chat> ]
  ↳ linqbot APP  09:28  (edited)
  │ checked
`
	private := `
linqbot APP  09:28  Only visible to you
  Removing +1 415 555 0132
`
	assert.Equal(t, fake.Screen(ops, grace), screen)
	assert.Equal(t, fake.Screen(ops, ada), screen+private)
}

func TestTheTitleTellsWhatTheChannelIs(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	fake.AddChannel(slacktest.Channel{ID: "C0OLD", Name: "old", ReadOnly: true, ExtShared: true, Archived: true})
	dm, _, err := api.PostMessageContext(t.Context(), ada, text("psst"))
	assert.NilError(t, err)

	for id, title := range map[string]string{
		secret:  "#secret · private\n─────────────────\n",
		"C0OLD": "#old · shared with another organisation · read-only · archived\n──────────────────────────────────────────────────────────────\n",
		"C0NO":  "no channel C0NO\n",
	} {
		assert.Equal(t, fake.Screen(id, ada), title)
	}
	assert.Equal(t, fake.Screen(dm, ada)[:len("Ada, linqbot · direct message\n")], "Ada, linqbot · direct message\n")
}

func TestMarkupAsPeopleSeeIt(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	fake.AddGroup(slacktest.Group{ID: "S0SUPPORT", Handle: "support"})
	for source, shown := range map[string]string{
		"plain":                                                "plain",
		"*bold* _italic_ ~struck~":                             "bold italic struck",
		"*bold _and italic_*":                                  "bold and italic",
		"2*3*4 and a_b_c and * lone *":                         "2*3*4 and a_b_c and * lone *",
		"a*b* c":                                               "a*b* c",
		"*two\nlines*":                                         "*two\nlines*",
		"`*code*` and ```<https://x.y>```":                     "*code* and https://x.y",
		"&lt;@U0ADA&gt; &amp;lt;":                              "<@U0ADA> &lt;",
		"<@U0ADA> <@U0GRACE|gh> <@U0NOBODY>":                   "@Ada @Grace @U0NOBODY",
		"<#C0OPS> <#C0X|elsewhere>":                            "#ops #C0X",
		"<https://x.y/a_b_c|see _this_>":                       "see _this_",
		"*<https://x.y|bold link>*":                            "bold link",
		"<https://x.y?a=1&amp;b=2>":                            "https://x.y?a=1&b=2",
		"<mailto:a@b.c|a@b.c> <tel:+14155550132>":              "a@b.c tel:+14155550132",
		"<!here> <!subteam^S0SUPPORT> <!subteam^S0SUPPORT|@x>": "@here @support @support",
		"<!date^1773480413^{date} at {time}|14 March>":         "14 March",
		"a < b > c":                                            "a < b > c",
		"<|x> <a|> ":                                           "x a ",
	} {
		assert.Equal(t, fake.PostAs(ada, ops, "", source).Rendered, shown, source)
	}
}
