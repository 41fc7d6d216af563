package slacktest_test

import (
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

func TestAPostCanBeReadBack(t *testing.T) {
	fake, api := start(t, slacktest.Config{})

	metadata := slack.SlackMetadata{EventType: "removal", EventPayload: map[string]any{"id": "r1"}}
	channel, ts, err := api.PostMessageContext(t.Context(), ops, text("fallback"),
		slack.MsgOptionBlocks(section("*bold*")), slack.MsgOptionMetadata(metadata))
	assert.NilError(t, err)
	assert.Equal(t, channel, ops)

	got := fake.Messages(ops)
	assert.Equal(t, len(got), 1)
	assert.Equal(t, got[0].TS, ts)
	assert.Equal(t, got[0].Author, fake.Config().BotUserID)
	assert.Equal(t, got[0].Text, "fallback")
	assert.Equal(t, got[0].Rendered, "bold")
	assert.Equal(t, got[0].Metadata.EventPayload["id"], "r1")
}

func TestEveryMessageHasATimestampOfItsOwn(t *testing.T) {
	clock := newClock()
	fake, api := start(t, slacktest.Config{Now: clock.now})

	var posting sync.WaitGroup
	for range 20 {
		posting.Go(func() {
			_, _, err := api.PostMessageContext(t.Context(), ops, text("at the same instant"))
			assert.Check(t, err)
		})
	}
	posting.Wait()

	var stamps []string
	for _, m := range fake.Messages(ops) {
		stamps = append(stamps, m.TS)
	}
	assert.Equal(t, len(stamps), 20)
	assert.Equal(t, stamps[0], "1773480413.000000")
	assert.Equal(t, stamps[19], "1773480413.000019")
	assert.Assert(t, sort.StringsAreSorted(stamps))
}

func TestRepliesMakeAThread(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	_, parent, err := api.PostMessageContext(t.Context(), ops, text("parent"))
	assert.NilError(t, err)
	_, _, err = api.PostMessageContext(t.Context(), ops, text("elsewhere"))
	assert.NilError(t, err)
	_, reply, err := api.PostMessageContext(t.Context(), ops, text("reply"), slack.MsgOptionTS(parent), slack.MsgOptionBroadcast())
	assert.NilError(t, err)

	thread := fake.Thread(ops, parent)
	assert.Equal(t, len(thread), 2)
	assert.Equal(t, thread[1].TS, reply)
	assert.Equal(t, thread[1].ThreadTS, parent)
	assert.Assert(t, thread[1].Broadcast)

	_, _, err = api.PostMessageContext(t.Context(), ops, text("lost"), slack.MsgOptionTS("1.000000"))
	wantCode(t, err, "thread_not_found")
	_, _, err = api.PostMessageContext(t.Context(), ops, text("nested"), slack.MsgOptionTS(reply))
	wantCode(t, err, "cannot_reply_to_message")
}

func TestWhereTheBotMayNotPost(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	fake.AddChannel(slacktest.Channel{ID: "C0FOREIGN"})
	fake.AddChannel(slacktest.Channel{ID: "C0OLD", BotMember: true})
	fake.Archive("C0OLD")
	fake.AddChannel(slacktest.Channel{ID: "C0NEWS", BotMember: true, ReadOnly: true})
	fake.AddChannel(slacktest.Channel{ID: "D0HUMANS", Kind: slacktest.DM, Members: []string{ada, grace}})

	for channel, code := range map[string]string{
		"C0FOREIGN": "not_in_channel",
		"C0UNKNOWN": "channel_not_found",
		"U0UNKNOWN": "channel_not_found",
		secret:      "channel_not_found",
		"D0HUMANS":  "channel_not_found",
		"C0OLD":     "is_archived",
		"C0NEWS":    "restricted_action_read_only_channel",
	} {
		_, _, err := api.PostMessageContext(t.Context(), channel, text("hello"))
		wantCode(t, err, code)
		assert.Equal(t, len(fake.Messages(channel)), 0)
	}

	fake.SetMember(secret, fake.Config().BotUserID, true)
	_, _, err := api.PostMessageContext(t.Context(), secret, text("invited"))
	assert.NilError(t, err)
}

func TestPublicWriteNeedsNoMembership(t *testing.T) {
	fake, api := start(t, slacktest.Config{PublicWrite: true})
	fake.SetMember(ops, fake.Config().BotUserID, false)

	_, _, err := api.PostMessageContext(t.Context(), ops, text("hello"))
	assert.NilError(t, err)
	_, _, err = api.PostMessageContext(t.Context(), secret, text("hello"))
	wantCode(t, err, "channel_not_found")
}

func TestAUserIDMeansADirectMessage(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	channel, ts, err := api.PostMessageContext(t.Context(), ada, text("psst"))
	assert.NilError(t, err)
	assert.Assert(t, strings.HasPrefix(channel, "D"), channel)

	again, _, err := api.PostMessageContext(t.Context(), channel, text("again"))
	assert.NilError(t, err)
	assert.Equal(t, again, channel)
	_, _, _, err = api.UpdateMessageContext(t.Context(), channel, ts, text("psst, changed"))
	assert.NilError(t, err)

	got := fake.DirectMessages(ada)
	assert.Equal(t, len(got), 2)
	assert.Equal(t, got[0].Text, "psst, changed")
	assert.Equal(t, len(fake.DirectMessages(grace)), 0)

	_, without := start(t, slacktest.Config{MessagesTabDisabled: true})
	_, _, err = without.PostMessageContext(t.Context(), ada, text("psst"))
	wantCode(t, err, "messages_tab_disabled")
}

func TestWhatIsNoMessage(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	many := make([]slack.Block, 51)
	for i := range many {
		many[i] = slack.NewDividerBlock()
	}

	_, _, err := api.PostMessageContext(t.Context(), ops)
	wantCode(t, err, "no_text")
	_, _, err = api.PostMessageContext(t.Context(), ops, text("t"), slack.MsgOptionBlocks(many...))
	wantCode(t, err, "invalid_blocks")
	_, _, err = api.PostMessageContext(t.Context(), ops, text("t"), slack.MsgOptionBlocks(section(strings.Repeat("é", 3001))))
	wantCode(t, err, "invalid_blocks")
	_, _, err = api.PostMessageContext(t.Context(), ops, text(strings.Repeat("é", 40001)))
	wantCode(t, err, "msg_too_long")
	assert.Equal(t, len(fake.Messages(ops)), 0)
	assert.DeepEqual(t, fake.Violations(), []string{
		"chat.postMessage: blocks: 51 of them, 0 to 50 allowed",
		"chat.postMessage: blocks[0].text: 3001 characters, at most 3000",
	})

	_, _, err = api.PostMessageContext(t.Context(), ops, text("t"), slack.MsgOptionBlocks(section(strings.Repeat("é", 3000))))
	assert.NilError(t, err)
}

func TestUpdateChangesOwnMessagesInPlace(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	_, parent, err := api.PostMessageContext(t.Context(), ops, text("parent"))
	assert.NilError(t, err)
	metadata := slack.SlackMetadata{EventType: "removal", EventPayload: map[string]any{"id": "r1"}}
	_, ts, err := api.PostMessageContext(t.Context(), ops, text("one"), slack.MsgOptionTS(parent),
		slack.MsgOptionBlocks(section("one")), slack.MsgOptionMetadata(metadata))
	assert.NilError(t, err)

	_, same, _, err := api.UpdateMessageContext(t.Context(), ops, ts, text("two"), slack.MsgOptionBlocks(section("two")))
	assert.NilError(t, err)
	assert.Equal(t, same, ts)
	got := fake.Thread(ops, parent)[1]
	assert.Equal(t, got.Rendered, "two")
	assert.Equal(t, got.ThreadTS, parent)
	assert.Equal(t, got.Metadata.EventType, "removal", "metadata stays when an update does not mention it")

	_, _, _, err = api.UpdateMessageContext(t.Context(), ops, ts, text("three"), slack.MsgOptionMetadata(slack.SlackMetadata{}))
	assert.NilError(t, err)
	got = fake.Thread(ops, parent)[1]
	assert.Assert(t, got.Metadata == nil, "and goes when it is empty")
	assert.Equal(t, got.Rendered, "three", "text without blocks takes the place of blocks")
	assert.Assert(t, got.Edited)
	assert.Equal(t, got.Edits, 2)

	_, _, _, err = api.UpdateMessageContext(t.Context(), ops, ts, text(strings.Repeat("x", 4001)))
	wantCode(t, err, "msg_too_long")
	_, _, _, err = api.UpdateMessageContext(t.Context(), ops, "1.000000", text("x"))
	wantCode(t, err, "message_not_found")
	human := fake.PostAs(ada, ops, "", "mine")
	_, _, _, err = api.UpdateMessageContext(t.Context(), ops, human.TS, text("x"))
	wantCode(t, err, "cant_update_message")
	_, _, err = api.DeleteMessageContext(t.Context(), ops, human.TS)
	wantCode(t, err, "cant_delete_message")

	_, _, err = api.DeleteMessageContext(t.Context(), ops, ts)
	assert.NilError(t, err)
	assert.Equal(t, len(fake.Thread(ops, parent)), 1)
}

func TestEphemeralsAreSeenByOne(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	_, err := api.PostEphemeralContext(t.Context(), ops, ada, text("for Ada"))
	assert.NilError(t, err)

	assert.Equal(t, len(fake.Messages(ops)), 0)
	assert.Equal(t, len(fake.Ephemerals(ops, grace)), 0)
	got := fake.Ephemerals(ops, ada)
	assert.Equal(t, len(got), 1)
	assert.Equal(t, got[0].Text, "for Ada")

	_, _, _, err = api.UpdateMessageContext(t.Context(), ops, got[0].TS, text("x"))
	wantCode(t, err, "message_not_found")
	fake.SetMember(ops, grace, true)
	_, err = api.PostEphemeralContext(t.Context(), ops, ada, text("gone"))
	wantCode(t, err, "user_not_in_channel")
}

func TestPermalinks(t *testing.T) {
	fake, api := start(t, slacktest.Config{Now: newClock().now})
	parent := fake.PostAs(ada, ops, "", "parent")
	reply := fake.PostAs(ada, ops, parent.TS, "reply")

	link, err := api.GetPermalinkContext(t.Context(), &slack.PermalinkParameters{Channel: ops, Ts: parent.TS})
	assert.NilError(t, err)
	assert.Equal(t, link, "https://acme.slack.com/archives/C0OPS/p1773480413000000")
	link, err = api.GetPermalinkContext(t.Context(), &slack.PermalinkParameters{Channel: ops, Ts: reply.TS})
	assert.NilError(t, err)
	assert.Equal(t, link, "https://acme.slack.com/archives/C0OPS/p1773480413000001?thread_ts=1773480413.000000&cid=C0OPS")
}

func TestBroadcastsAreCaught(t *testing.T) {
	quiet := []slack.MsgOption{
		text("a &lt;!channel&gt; and @channel"),
		slack.MsgOptionBlocks(slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, "<!channel>", false, false))),
	}
	loud := []slack.MsgOption{
		text("oh <!here>"),
		text("oh <!subteam^S0SUPPORT>"),
		slack.MsgOptionBlocks(section("oh <!everyone|everyone>")),
		slack.MsgOptionCompose(text("@channel"), slack.MsgOptionLinkNames(true)),
	}
	fake, api := start(t, slacktest.Config{})
	for _, options := range quiet {
		_, _, err := api.PostMessageContext(t.Context(), ops, options)
		assert.NilError(t, err)
	}
	assert.Equal(t, len(fake.Pings()), 0)
	for i, options := range loud {
		_, _, err := api.PostMessageContext(t.Context(), ops, options)
		assert.NilError(t, err)
		assert.Equal(t, len(fake.Pings()), i+1)
	}
	_, _, _, err := api.UpdateMessageContext(t.Context(), ops, fake.Messages(ops)[0].TS, text("<!channel>"))
	assert.NilError(t, err)
	assert.Equal(t, len(fake.Pings()), len(loud)+1)
}
