package outcome_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/commands/commandstest"
	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// TestExplain shows every sentence to readers of the golden files.
func TestExplain(t *testing.T) {
	t.Parallel()
	shown := map[string]*strings.Builder{}
	for _, o := range commandstest.Outcomes() {
		if shown[o.Group] == nil {
			shown[o.Group] = &strings.Builder{}
		}
		text := o.Explainer().Explain(o.Request).Text()
		fmt.Fprintf(shown[o.Group], "%s: %s\n", o.Name, commandstest.MarkedUp(text))
	}
	for group, lines := range shown {
		golden.Assert(t, lines.String(), "explain/"+group+".golden")
	}
}

// The sentences that the design gives as examples.
func TestExplainExamples(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, want string
		request    ledger.Request
	}{
		{
			"queued", "⏳ Linq has queued the removal of +1 ••• ••• 0132 from *Spring launch*. This will change once they have left.",
			ledger.Request{State: ledger.Sent, MayHaveReached: true},
		},
		{
			"removed", "✅ +1 ••• ••• 0132 has left *Spring launch*; 4 people stay.",
			ledger.Request{State: ledger.Removed, MayHaveReached: true, People: 4},
		},
		{
			"our line has left",
			"⛔ Linq refused: this chat is unavailable, because your line has left it. Nothing was removed. Pick a chat that your line is still in.",
			ledger.Request{State: ledger.Refused, Reason: "linq_2013", HTTPStatus: 409},
		},
		{
			"a bad key",
			"⚠️ Linq does not accept linqbot's API key. Nothing was removed. Someone who runs linqbot must replace `LINQ_API_V3_API_KEY`.",
			ledger.Request{State: ledger.Refused, Reason: "linq_2004", HTTPStatus: 401},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := commandstest.Told("", "", test.request)
			assert.Equal(t, commandstest.MarkedUp(outcome.Explainer{}.Explain(o.Request).Text()), test.want)
		})
	}
}

// What holds of every sentence, whatever it is about.
func TestSentencesKeepTheirPromises(t *testing.T) {
	t.Parallel()
	for _, o := range commandstest.Outcomes() {
		for _, doubt := range []bool{false, true} {
			o.Request.MayHaveReached = doubt
			status := o.Explainer().Explain(o.Request)
			happened, next, whole := status.Happened.String(), status.Next.String(), status.Text().String()
			check := func(kept bool, promise string) {
				t.Helper()
				if !kept {
					t.Errorf("%s/%s, doubt %t: %s\n%s", o.Group, o.Name, doubt, promise, whole)
				}
			}
			check(o.Full || !showsHandle(whole), "it shows a whole number or address")
			check(!strings.Contains(withoutCode(status.Text()), "!") || o.Name == "a name with mark-up" || strings.HasPrefix(o.Name, "a name with mark-up,"),
				"it exclaims")
			check(!strings.Contains(strings.ToLower(whole), "something went wrong"), "it says nothing")
			check(strings.HasSuffix(happened, "."), "what happened has no full stop")
			check(next == "" || strings.HasSuffix(next, "."), "what to do has no full stop")
			check(!strings.Contains(whole, "  ") && !strings.Contains(whole, "..") && !strings.ContainsAny(whole, "%{}"), "it is put together badly")
			check(status.Mark != "" && strings.HasPrefix(whole, string(status.Mark)+" "), "it has no mark")
			if o.Request.State == ledger.Refused || o.Request.State == ledger.Failed || o.Request.State == ledger.Unconfirmed {
				check(next != "", "it says nothing of what to do")
			}
			if o.Request.TraceID == "" {
				check(!strings.Contains(whole, "the trace id"), "it speaks of a trace id that there is not")
			}
			if doubt && o.Request.State != ledger.Cancelled {
				for _, certain := range []string{"Nothing was removed", "was not removed", "Nobody was added", "was not added", "is not done"} {
					check(!strings.Contains(whole, certain), "it is sure of what is in doubt")
				}
			}
		}
	}
}

// No state, reason or code is left without words of its own.
func TestNothingIsLeftUnexplained(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for _, state := range []ledger.State{
		ledger.Asked, ledger.Accepted, ledger.Sent, ledger.Removed, ledger.AlreadyGone, ledger.Unconfirmed, ledger.Refused, ledger.Failed, ledger.Cancelled,
	} {
		o := commandstest.Told("", "", ledger.Request{State: state, Reason: "http_418", HTTPStatus: 418})
		text := outcome.Explainer{}.Explain(o.Request).Text().String()
		assert.Assert(t, said[text] == "", "%s and %s are told alike: %s", state, said[text], text)
		said[text] = string(state)
	}
	for _, entry := range linq.Catalogue() {
		o := commandstest.RefusedBy("", "", entry.HTTPStatus, entry.Code, ledger.Request{})
		text := outcome.Explainer{}.Explain(o.Request).Text().String()
		assert.Assert(t, !strings.Contains(text, "does not know"), "%d: %s", entry.Code, text)
	}
}

// What Linq wrote is in a part of its own, which the edge neutralises.
func TestLinqsWordsAreQuoted(t *testing.T) {
	t.Parallel()
	const message = "<!channel> `rm` *now*"
	for name, o := range map[string]commandstest.OutcomeCase{
		"an unknown code": commandstest.RefusedBy("", "", 403, 4711, ledger.Request{LinqSaid: message}),
		"no code":         commandstest.RefusedBy("", "", 418, 0, ledger.Request{LinqSaid: message}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := false
			for _, span := range (outcome.Explainer{}).Explain(o.Request).Text() {
				if strings.Contains(span.Value, "channel") {
					found = true
					assert.Equal(t, span, richtext.ID(message))
				}
			}
			assert.Assert(t, found)
		})
	}
}

func TestWhoAndChat(t *testing.T) {
	t.Parallel()
	r := commandstest.Told("", "", ledger.Request{ChatName: commandstest.Ben}).Request
	masked, full := outcome.Explainer{}, outcome.Explainer{FullHandles: true}
	assert.Equal(t, masked.Who(r), "+1 ••• ••• 0132")
	assert.Equal(t, full.Who(r), commandstest.Ada)
	assert.Equal(t, masked.Chat(r), richtext.Name("+1 ••• ••• 0143"))
	assert.Equal(t, full.Chat(r), richtext.Name(commandstest.Ben))
	r.ChatName = ""
	assert.Equal(t, masked.Chat(r), richtext.ID(commandstest.ChatID))
}

func withoutCode(text richtext.Text) string {
	var b strings.Builder
	for _, span := range text {
		if span.Kind != richtext.Code {
			b.WriteString(richtext.Text{span}.String())
		}
	}
	return b.String()
}

// showsHandle reports whether a text shows more of a handle than its mask does.
func showsHandle(text string) bool {
	for _, known := range []string{commandstest.ChatID, commandstest.TraceID, "2026-03-09 16:45:10"} {
		text = strings.ReplaceAll(text, known, "")
	}
	return commandstest.ShowsHandle(text)
}
