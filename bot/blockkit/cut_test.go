package blockkit

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/commands/richtext"
)

// FuzzCut cuts rendered text anywhere: what is left is whole.
func FuzzCut(f *testing.F) {
	f.Add("plain & <simple> *text*", "U0ADA", 40)
	f.Add(strings.Repeat("&", 50), "U0ADA", 21)
	f.Add("naïve — ünïcode 👩‍👩‍👧", "U0ADA", 12)
	f.Add("a;b&c>d", "", 9)
	f.Fuzz(func(t *testing.T, words, id string, longest int) {
		const shortest = 3
		if longest < shortest || longest > longestText || !utf8.ValidString(words) || !utf8.ValidString(id) {
			t.Skip()
		}
		r := Renderer{Workspace: "https://acme.slack.com"}
		whole := r.mrkdwn(richtext.Say("%s %s %s %s %s %s", words, richtext.Member(id), richtext.Name(words),
			richtext.Moment(time.Unix(1773480413, 0)), richtext.Message("C0OPS", "1773480413.000100", words), richtext.ID(words)))
		short := cut(whole, longest)
		assert.Assert(t, len(short) <= longest || short == whole, "%d bytes", len(short))
		bottest.WantWhole(t, short)
		bottest.WantWhole(t, whole)
	})
}

// The seeds of the fuzz tests never reach every length; this does.
func TestCutAtEveryLength(t *testing.T) {
	t.Parallel()
	r := Renderer{Workspace: "https://acme.slack.com"}
	whole := r.mrkdwn(richtext.Say("a; é %s 👍 %s &<>; %s %s", richtext.Name("<&>ü;&"), richtext.Member(bottest.Ada),
		richtext.Moment(time.Unix(1773480413, 0)), richtext.Message(bottest.Ops, "1773480413.000100", "the <thread> & more;")))
	for longest := 3; longest <= len(whole)+1; longest++ {
		short := cut(whole, longest)
		assert.Assert(t, len(short) <= longest)
		assert.Equal(t, short == whole, longest >= len(whole))
		assert.Assert(t, short == whole || strings.HasSuffix(short, "…"))
		bottest.WantWhole(t, short)
	}
}
