package blockkit

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands/richtext"
)

// What people and Linq wrote can neither call, link nor format.
func TestNamesAreShownAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, value, want string }{
		{"plain", "Spring launch", "*Spring launch*"},
		{"asterisk", "*Spring* launch", "*∗Spring∗ launch*"},
		{"underscore", "_Spring_launch_", "*ˍSpringˍlaunchˍ*"},
		{"tilde", "~Spring~", "*∼Spring∼*"},
		{"backtick", "`Spring` ```x```", "*ˋSpringˋ ˋˋˋxˋˋˋ*"},
		{"angle brackets", "<b>Spring</b>", "*&lt;b&gt;Spring&lt;/b&gt;*"},
		{"ampersand", "R&D &amp; more", "*R&amp;D &amp;amp; more*"},
		{"whole channel", "<!channel> <!here> <!everyone>", "*&lt;!channel&gt; &lt;!here&gt; &lt;!everyone&gt;*"},
		{"person", "<@U1>", "*&lt;@U1&gt;*"},
		{"group", "<!subteam^S1|@ops>", "*&lt;!subteam^S1|@ops&gt;*"},
		{"plain mentions", "@here @channel @everyone", "*@here @channel @everyone*"},
		{"link", "<https://evil.test|Spring>", "*&lt;https://evil.test|Spring&gt;*"},
		{"bare link", "https://evil.test", "*https://evil.test*"},
		{"date", "<!date^0^{date}|x>", "*&lt;!date^0^{date}|x&gt;*"},
		{"bidi marks", "\u202eabc\u202c \u2066def\u2069\u200f", "*abc def*"},
		{"zero width", "a\u200bb\ufeffc\u2060d", "*abcd*"},
		{"new lines", "one\ntwo\r\nthree\u2028four\u0085five", "*one two  three four five*"},
		{"a quote of its own", "one\n> two", "*one &gt; two*"},
		{"control characters", "a\x00b\x1bc\td", "*a b c d*"},
		{"emoji", "🚀 launch 👍🏽", "*🚀 launch 👍🏽*"},
		{"right to left", "שלום مرحبا", "*שלום مرحبا*"},
		{"spaces around", "  Spring  ", "*Spring*"},
		{"empty", "", "*(no name)*"},
		{"only spaces", " \n\t ", "*(no name)*"},
		{"only marks", "\u202e\u200b", "*(no name)*"},
		{"long", strings.Repeat("x", 10_000), "*" + strings.Repeat("x", 200) + "…*"},
		{"long and escaped", strings.Repeat("&", 10_000), "*" + strings.Repeat("&amp;", 200) + "…*"},
		{"long and wide", strings.Repeat("🚀", 10_000), "*" + strings.Repeat("🚀", 200) + "…*"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := acme.mrkdwn(richtext.Say("%s", richtext.Name(tc.value)))
			assert.Equal(t, got, tc.want)
			bottest.WantWhole(t, got)
			wantHarmless(t, acme.Answer(richtext.Answer{richtext.Say("%s", richtext.Name(tc.value))}))
		})
	}
}

// Words hold what Linq wrote, and handles; the words of linqbot itself have no mark-up.
func TestWordsAreShownAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, value, want string }{
		{"plain", "The removal is recorded.", "The removal is recorded."},
		{"masked number", "+1 ••• ••• 0132", "+1 ••• ••• 0132"},
		{"angle brackets", "<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"},
		{"address", "ann_bob@example.com", "ann_bob@example.com"},
		{"address with odd signs", "_ann_@example.com", "ˍannˍ@example.com"},
		{"bold", "it is *not* done", "it is ∗not∗ done"},
		{"strike", "~done~", "∼done∼"},
		{"code", "run `rm -rf`", "run ˋrm -rfˋ"},
		{"a quote of its own", "no\n> yes", "no &gt; yes"},
		{"list", "a\n• b", "a • b"},
		{"bidi marks", "\u202eenod\u202c", "enod"},
		{"space at the ends", " and ", " and "},
		{"emoji", "⚠️ ⏳ ✅ ⛔", "⚠️ ⏳ ✅ ⛔"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, acme.mrkdwn(richtext.Say("%s", tc.value)), tc.want)
		})
	}
}

func TestOtherParts(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 14, 9, 26, 53, 0, time.FixedZone("", 3600))
	for _, tc := range []struct {
		name string
		part richtext.Span
		want string
	}{
		{"id", richtext.ID(bottest.ChatID), "`" + bottest.ChatID + "`"},
		{"id with signs", richtext.ID("a`b<c>&*d*\ne"), "`aˋb&lt;c&gt;&amp;*d* e`"},
		{"person", richtext.Member(bottest.Ada), "<@U0ADA>"},
		{"no person", richtext.Member("U0ADA> <!channel"), "U0ADA&gt; &lt;!channel"},
		{"nobody", richtext.Member(""), ""},
		{"lower case", richtext.Member("u0ada"), "u0ada"},
		{"channel", richtext.InChannel(bottest.Ops), "<#C0OPS>"},
		{"no channel", richtext.InChannel("<!here>"), "&lt;!here&gt;"},
		{"moment", richtext.Moment(at), "<!date^1773476813^{date_short_pretty} {time_secs}|2026-03-14 08:26:53 UTC>"},
		{"message", richtext.Message(bottest.Ops, "1773480413.000100", "the thread"), "<https://acme.slack.com/archives/C0OPS/p1773480413000100|the thread>"},
		{"message, label with signs", richtext.Message(bottest.Ops, "1.2", "a|b>c"), "<https://acme.slack.com/archives/C0OPS/p12|a|b&gt;c>"},
		{"message in no channel", richtext.Message("evil>", "1.2", "the thread"), "the thread in evil&gt;"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := acme.mrkdwn(richtext.Say("%s", tc.part))
			assert.Equal(t, got, tc.want)
			bottest.WantWhole(t, got)
		})
	}
	assert.Equal(t, Renderer{}.mrkdwn(richtext.Say("%s", richtext.Message(bottest.Ops, "1.2", "the thread"))), "the thread in <#C0OPS>")
}

// wantHarmless holds a message against Slack's limits, and looks for mark-up that calls or links.
func wantHarmless(t testing.TB, m Message) {
	t.Helper()
	blocks, err := json.Marshal(m.Blocks)
	assert.NilError(t, err)
	assert.DeepEqual(t, slacktest.CheckMessage(blocks, m.Text), []string(nil))
	for _, forbidden := range []string{"<!c", "<!h", "<!e", "<!s", "<http://", "<https://evil", "<mailto", "<tel"} {
		assert.Assert(t, !strings.Contains(m.Text, forbidden), m.Text)
		assert.Assert(t, !strings.Contains(strings.ReplaceAll(string(blocks), `\u003c`, "<"), forbidden), "%s", blocks)
	}
	bottest.WantWhole(t, m.Text)
}
