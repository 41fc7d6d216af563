package blockkit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/bot/bottest"
	"linqbot/commands/outcome"
	"linqbot/ledger"
)

var acme = Renderer{Workspace: "https://acme.slack.com"}

var (
	acceptedAt = time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	sentAt     = acceptedAt.Add(2 * time.Second)
	endedAt    = acceptedAt.Add(10 * time.Second)
)

func request(change func(*ledger.Request)) ledger.Request {
	r := ledger.Request{
		Order: ledger.Order{
			Delivery: "1.2.abc", Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: bottest.Team, ChannelID: bottest.Ops, UserID: bottest.Ada,
			ResponseURL: ledger.NewSecret("https://hooks.slack.test/commands/secret"), ChatID: bottest.ChatID, Handle: ledger.NewSecret(bottest.Ann),
		},
		ID: "0195937a-5c48-7000-8000-0123456789ab", State: ledger.Accepted, AcceptedAt: acceptedAt,
	}
	if change != nil {
		change(&r)
	}
	return r
}

// named is a request in a chat whose name is known, with what a change does to it.
func named(change func(*ledger.Request)) ledger.Request {
	return request(func(r *ledger.Request) {
		r.ChatName, r.People, r.SeenListed, r.TraceID = bottest.Spree, 5, true, "01jp-trace"
		change(r)
	})
}

// states are requests in every state, with their chat's name known or not.
func states() []struct {
	name    string
	request ledger.Request
} {
	final := func(state ledger.State, reason string) func(*ledger.Request) {
		return func(r *ledger.Request) { r.State, r.Reason, r.EndedAt = state, reason, endedAt }
	}
	refused := func(code, status int, said string) func(*ledger.Request) {
		return func(r *ledger.Request) {
			final(ledger.Refused, fmt.Sprintf("linq_%d", code))(r)
			r.HTTPStatus, r.LinqSaid = status, said
		}
	}
	return []struct {
		name    string
		request ledger.Request
	}{
		{"accepted", request(nil)},
		{"accepted, waiting", named(func(r *ledger.Request) { r.Reason, r.NextTryAt = outcome.ReasonNoAnswer, endedAt })},
		{"sent", named(func(r *ledger.Request) { r.State, r.SentAt = ledger.Sent, sentAt })},
		{"removed", named(func(r *ledger.Request) { final(ledger.Removed, "")(r); r.SentAt, r.People = sentAt, 4 })},
		{"removed, chat unread", request(final(ledger.Removed, ""))},
		{"already gone", named(final(ledger.AlreadyGone, outcome.ReasonSeenGone))},
		{"unconfirmed", named(final(ledger.Unconfirmed, outcome.ReasonStillListed))},
		{"refused by the chat", named(final(ledger.Refused, outcome.ReasonNotInChat))},
		{"refused by Linq", named(refused(2011, 403, ""))},
		{"refused for an unknown reason", named(refused(9999, 418, "*No* <!channel>\n> Done: ask <https://evil.test|here>"))},
		{"key refused", request(refused(2004, 401, ""))},
		{"failed", named(func(r *ledger.Request) { final(ledger.Failed, outcome.ReasonNoAnswer)(r); r.MayHaveReached = true })},
		{"cancelled", request(final(ledger.Cancelled, ""))},
	}
}

// show prints a message for a golden file: what notifications show, then its blocks as they are sent.
func show(t testing.TB, title string, m Message) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "== %s\n%s\n", title, m.Text)
	for _, block := range m.Blocks {
		var encoded strings.Builder
		encoder := json.NewEncoder(&encoded)
		encoder.SetEscapeHTML(false)
		assert.NilError(t, encoder.Encode(block))
		b.WriteString("  " + strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(encoded.String()))
	}
	wantHarmless(t, m)
	return b.String() + "\n"
}

func TestStatusOfEachState(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, s := range states() {
		b.WriteString(show(t, s.name, acme.Status(outcome.Explainer{}, s.request, later())))
	}
	b.WriteString(show(t, "in a thread of somebody's, for a reason", acme.Status(outcome.Explainer{}, named(func(r *ledger.Request) {
		r.ThreadTS, r.Because = "1741538710.000100", "asked by +1 (415) 555-0132"
	}), later())))
	b.WriteString(show(t, "sent, full handles", acme.Status(outcome.Explainer{FullHandles: true}, states()[2].request, later())))
	golden.Assert(t, b.String(), "status.golden")
}

func TestParent(t *testing.T) {
	t.Parallel()
	of := func(requests ...ledger.Request) []ledger.Request { return requests }
	with := func(handle string, r ledger.Request) ledger.Request {
		r.Handle = ledger.NewSecret(handle)
		return r
	}
	plain, known := request(nil), named(func(*ledger.Request) {})
	var many []ledger.Request
	for i := range 20 {
		many = append(many, with(fmt.Sprintf("+1415555%04d", i), plain))
	}
	var b strings.Builder
	for _, tc := range []struct {
		name     string
		full     bool
		requests []ledger.Request
	}{
		{"one, chat unknown", false, of(plain)},
		{"one, chat known", false, of(known)},
		{"full handle", true, of(known)},
		{"two", false, of(plain, with("ann@example.com", plain))},
		{"three, the last knows the chat", false, of(plain, with(bottest.Bert, plain), with(bottest.Cleo, known))},
		{"the most that a command takes", false, many},
		{"a chat named after its people", false, of(named(func(r *ledger.Request) { r.ChatName = bottest.Ann + ", +14155550133, ann@example.com" }))},
		{"for a reason", false, of(named(func(r *ledger.Request) { r.Because = "asked by ann@example.com, +1 (415) 555-0132" }))},
		{"for a reason, full handles", true, of(named(func(r *ledger.Request) { r.Because = "asked by +1 (415) 555-0132" }))},
		{"for an evil reason", false, of(named(func(r *ledger.Request) { r.Because = "<!channel> `x` <https://evil.test|here> @here *now*" }))},
		{"a chat with an evil name", false, of(named(func(r *ledger.Request) { r.ChatName = "<!channel> *x*\n\u202e`y`" }))},
	} {
		b.WriteString(show(t, tc.name, acme.Parent(outcome.Explainer{FullHandles: tc.full}, tc.requests)))
	}
	golden.Assert(t, b.String(), "parent.golden")
}

func TestWhole(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, s := range states() {
		view := ledger.View{Requests: []ledger.Request{s.request}}
		b.WriteString(show(t, s.name, acme.Whole(outcome.Explainer{}, view, later())))
	}
	for name, thread := range map[string]string{"for a reason": "", "for a reason, in a thread of somebody's": "1741538710.000100"} {
		view := ledger.View{Requests: []ledger.Request{named(func(r *ledger.Request) { r.ThreadTS, r.Because = thread, "left" })}}
		whole := acme.Whole(outcome.Explainer{}, view, later())
		encoded, err := json.Marshal(whole.Blocks)
		assert.NilError(t, err)
		assert.Equal(t, strings.Count(string(encoded), "Reason: "), 1, name)
	}
	for _, trouble := range []string{
		"not_in_channel", "channel_not_found", "is_archived", "restricted_action_read_only_channel", "no_permission", "invalid_auth",
	} {
		view := ledger.View{Requests: []ledger.Request{states()[3].request}, Thread: ledger.Thread{Trouble: trouble}}
		b.WriteString(show(t, "after "+trouble, acme.Whole(outcome.Explainer{}, view, later())))
	}
	golden.Assert(t, b.String(), "whole.golden")
}

// However many people and however long the words, Slack takes the message.
func TestTheLongestMessages(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 24, 25, 60} {
		var view ledger.View
		for i := range n {
			view.Requests = append(view.Requests, named(func(r *ledger.Request) {
				r.ID = fmt.Sprintf("0195937a-5c48-7000-8000-%012d", i)
				r.Handle = ledger.NewSecret(strings.Repeat("&", 60) + "@" + strings.Repeat("e", 180) + ".example.com")
				r.ChatName = strings.Repeat("<*_~`&", 300)
				r.State, r.Reason, r.LinqSaid = ledger.Refused, "linq_9999", strings.Repeat("<&>", 2000)
				r.TraceID = strings.Repeat("<", 4000)
				r.Because = strings.Repeat("&", 300)
			}))
		}
		view.Thread.Trouble = "not_in_channel"
		for _, e := range []outcome.Explainer{{}, {FullHandles: true}} {
			wantHarmless(t, acme.Whole(e, view, later()))
			wantHarmless(t, acme.Parent(e, view.Requests))
			wantHarmless(t, acme.Status(e, view.Requests[0], later()))
		}
	}
}

// Nobody who reads along learns a number, whatever the state.
func TestRenderedMessagesHoldNoNumber(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		view := ledger.View{Requests: []ledger.Request{s.request}}
		encoded, err := json.Marshal([]Message{
			acme.Status(outcome.Explainer{}, s.request, later()), acme.Parent(outcome.Explainer{}, view.Requests), acme.Whole(outcome.Explainer{}, view, later()),
		})
		assert.NilError(t, err)
		for _, secret := range []string{bottest.Ann, bottest.Ann[1:], "4155550132", "555-0132", "hooks.slack.test"} {
			assert.Assert(t, !strings.Contains(string(encoded), secret), "%s: %s", s.name, encoded)
		}
	}
}

func TestMessagesOfTheSameLookHaveTheSameDigest(t *testing.T) {
	t.Parallel()
	digests := make(map[string]int)
	for _, i := range []int{2, 2, 3} {
		digest, err := acme.Status(outcome.Explainer{}, states()[i].request, later()).Digest()
		assert.NilError(t, err)
		digests[digest]++
	}
	assert.Equal(t, len(digests), 2)
}

// later is a day and more after everything in these tests: what is offered for a while is gone.
func later() time.Time { return time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC) }
