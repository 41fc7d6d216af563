package bot

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
		r := renderer{workspace: "https://acme.slack.com"}
		whole := r.mrkdwn(richtext.Say("%s %s %s %s %s %s", words, richtext.Member(id), richtext.Name(words),
			richtext.Moment(time.Unix(1773480413, 0)), richtext.Message("C0OPS", "1773480413.000100", words), richtext.ID(words)))
		short := cut(whole, longest)
		assert.Assert(t, len(short) <= longest || short == whole, "%d bytes", len(short))
		wantWhole(t, short)
		wantWhole(t, whole)
	})
}

// wantWhole checks that mrkdwn is valid UTF-8 and ends in no half entity or half <…>.
func wantWhole(t testing.TB, text string) {
	t.Helper()
	assert.Assert(t, utf8.ValidString(text), "%q", text)
	for rest := text; ; {
		open := strings.IndexAny(rest, "<>")
		if open < 0 {
			break
		}
		assert.Equal(t, rest[open], byte('<'), "%q closes what it did not open", text)
		length := strings.IndexAny(rest[open+1:], "<>")
		assert.Assert(t, length >= 0 && rest[open+1+length] == '>', "%q does not close what it opens", text)
		rest = rest[open+1+length+1:]
	}
	for rest := text; ; {
		at := strings.IndexByte(rest, '&')
		if at < 0 {
			break
		}
		rest = rest[at:]
		entity := strings.HasPrefix(rest, "&amp;") || strings.HasPrefix(rest, "&lt;") || strings.HasPrefix(rest, "&gt;")
		assert.Assert(t, entity, "%q holds a half entity", text)
		rest = rest[1:]
	}
}

// The seeds of the fuzz tests never reach every length; this does.
func TestCutAtEveryLength(t *testing.T) {
	t.Parallel()
	r := renderer{workspace: "https://acme.slack.com"}
	whole := r.mrkdwn(richtext.Say("a; é %s 👍 %s &<>; %s %s", richtext.Name("<&>ü;&"), richtext.Member(bottest.Ada),
		richtext.Moment(time.Unix(1773480413, 0)), richtext.Message(bottest.Ops, "1773480413.000100", "the <thread> & more;")))
	for longest := 3; longest <= len(whole)+1; longest++ {
		short := cut(whole, longest)
		assert.Assert(t, len(short) <= longest)
		assert.Equal(t, short == whole, longest >= len(whole))
		assert.Assert(t, short == whole || strings.HasSuffix(short, "…"))
		wantWhole(t, short)
	}
}
