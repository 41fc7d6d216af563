package blockkit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// homeAt is now in the tests below.
var homeAt = bottest.NewClock().Now

// someHome publishes a home to a Slack without a network, and returns what its person sees.
func someHome(t testing.TB, e outcome.Explainer, h Home) (screen string, blocks []byte) {
	t.Helper()
	fake := slacktest.New(slacktest.Config{})
	fake.AddUser(slacktest.User{ID: bottest.Ada, Name: "Ada"})
	fake.AddUser(slacktest.User{ID: bottest.Grace, Name: "Grace"})
	api := bottest.SlackOver(fake, fake)
	h.Now = homeAt()
	view := acme.Home(e, h)
	_, err := api.PublishViewContext(t.Context(), slack.PublishViewContextRequest{UserID: bottest.Ada, View: view})
	assert.NilError(t, err)
	assert.Assert(t, len(fake.Violations()) == 0, "%q", fake.Violations())
	assert.Assert(t, len(view.Blocks.BlockSet) < 100)
	blocks, err = json.Marshal(view.Blocks)
	assert.NilError(t, err)
	return fake.Home(bottest.Ada), blocks
}

func gone(minutes int) ledger.Recent {
	return bottest.Recent(minutes, func(r *ledger.Recent) {
		bottest.Removed(&r.Request)
		r.EndedAt = r.AcceptedAt.Add(time.Second)
	})
}

// recentBatch takes Ann out of 30 chats.
func recentBatch(state ledger.BatchState, states map[ledger.State]int, change func(*ledger.RecentBatch)) ledger.RecentBatch {
	b := ledger.RecentBatch{Progress: ledger.Progress{All: 30, States: states}}
	b.ID, b.State, b.Job, b.Kind, b.UserID = "00000000-0000-0000-0000-00000000beef", state, ledger.Offboard, ledger.Remove, bottest.Ada
	b.Handles, b.AcceptedAt = []ledger.Secret{ledger.NewSecret(bottest.Ann)}, homeAt().Add(-2*time.Minute)
	b.ConfirmedAt = homeAt().Add(-time.Minute)
	change(&b)
	return b
}

func TestTheHomeAsPeopleSeeIt(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	show := func(title string, h Home) {
		screen, blocks := someHome(t, outcome.Explainer{}, h)
		fmt.Fprintf(&b, "== %s\n%s", title, screen)
		if title == "several states" {
			b.WriteString("as blocks:\n" + bottest.BlockLines(t, blocks))
		}
	}
	show("nobody's requests", Home{Undo: true})
	show("several states", Home{Undo: true, More: true, Recent: []ledger.Recent{
		bottest.Recent(0, func(r *ledger.Recent) { r.ChatName, r.Thread = "", ledger.Thread{} }),
		bottest.Recent(1, func(r *ledger.Recent) { r.State, r.SentAt = ledger.Sent, r.AcceptedAt.Add(time.Second) }),
		bottest.Recent(2, func(r *ledger.Recent) { r.State, r.ExpiresAt = ledger.Asked, homeAt().Add(time.Minute) }),
		bottest.Recent(3, func(r *ledger.Recent) {
			r.Kind, r.Source, r.Undoes, r.State, r.EndedAt, r.People = ledger.Add, ledger.UndoButton, "the-removal", ledger.Added, r.AcceptedAt, 5
		}),
		gone(4),
		bottest.Recent(5, func(r *ledger.Recent) { bottest.Removed(&r.Request); r.EndedAt, r.Undone = r.AcceptedAt, true }),
		gone(25 * 60),
		bottest.Recent(26*60, func(r *ledger.Recent) { r.State, r.EndedAt, r.Reason = ledger.Refused, r.AcceptedAt, "linq_2013" }),
		bottest.Recent(27*60, func(r *ledger.Recent) { r.State, r.EndedAt, r.TraceID = ledger.Unconfirmed, r.AcceptedAt, "trace-1" }),
		bottest.Recent(28*60, func(r *ledger.Recent) { r.State, r.EndedAt = ledger.Cancelled, r.AcceptedAt }),
	}})
	show("a batch that runs, one that has ended, and a reason", Home{
		Undo: true,
		Batches: []ledger.RecentBatch{
			recentBatch(ledger.Running, map[ledger.State]int{ledger.Removed: 10, ledger.Sent: 2}, func(b *ledger.RecentBatch) {
				b.Because, b.Thread = "left, says +1 (415) 555-0199", ledger.Thread{Route: ledger.InThread, Posting: ledger.Posting{ChannelID: bottest.Ops, TS: "1741538710.000100"}}
			}),
			recentBatch(ledger.Stopped, map[ledger.State]int{ledger.Removed: 10}, func(b *ledger.RecentBatch) {
				b.DecidedBy, b.EndedAt = bottest.Grace, homeAt()
			}),
		},
		Recent: []ledger.Recent{bottest.Recent(1, func(r *ledger.Recent) { r.State, r.SentAt, r.Because = ledger.Sent, r.AcceptedAt, "left the firm" })},
	})
	show("a person without permission", Home{
		Denied: richtext.Say("⛔ You may not remove people from Linq chats. Ask someone who may: %s.", richtext.Member(bottest.Grace)),
		Recent: []ledger.Recent{gone(4)},
	})
	show("something to be told, and a ledger that does not answer", Home{Note: richtext.Say("⛔ Too late."), Undo: true, Unread: true})
	golden.Assert(t, b.String(), "home.golden")
}

// Whatever a chat is called, a home stays within Slack's limits, calls nobody and links nowhere.
func TestTheHomeOfHostileNames(t *testing.T) {
	t.Parallel()
	names := []string{
		strings.Repeat("&", 10_000), strings.Repeat("🚀", 10_000), "<!channel> <@U0ADA> <https://evil.test|Spring>",
		"*bold* _under_ ~strike~ `code` ```block```", "one\n> two\u2028three", "\u202egnirpS\u202c", "+1 415-555-0132 and ann@example.com",
		"", " ", "@here @everyone",
	}
	var recent []ledger.Recent
	for i, name := range names {
		recent = append(recent, gone(i))
		recent[i].ChatName = name
	}
	for _, e := range []outcome.Explainer{{}, {FullHandles: true}} {
		screen, blocks := someHome(t, e, Home{Undo: true, Recent: recent, More: true, Note: richtext.Say("%s", richtext.Name(names[0]))})
		assert.Equal(t, strings.Count(screen, "[ Add back ]"), len(names))
		for _, call := range []string{`\u003c!channel`, `\u003c@`, `\u003chttps://evil`} {
			assert.Assert(t, !strings.Contains(string(blocks), call), call)
		}
		if !e.FullHandles {
			assert.Assert(t, !strings.Contains(screen, "555-0132") && !strings.Contains(screen, "ann@example"), screen)
		}
	}
}

// What a refusal does not name stands below it, so that each line says whom and which chat it is about.
func TestEachRequestNamesItsSubject(t *testing.T) {
	t.Parallel()
	for _, kind := range []ledger.Kind{ledger.Remove, ledger.Add} {
		for _, state := range []ledger.State{
			ledger.Asked, ledger.Accepted, ledger.Sent, ledger.Removed, ledger.AlreadyGone, ledger.Unconfirmed, ledger.Refused,
			ledger.Failed, ledger.Cancelled, ledger.Added, ledger.AlreadyThere,
		} {
			for _, reason := range []string{"", "linq_2013", "linq_2004", "linq_9999", outcome.ReasonNoSuchChat, outcome.ReasonNotAGroup, outcome.ReasonNotAnswering} {
				blocks := acme.recent(outcome.Explainer{}, bottest.Recent(1, func(r *ledger.Recent) {
					r.Kind, r.State, r.Reason, r.HTTPStatus, r.NextTryAt = kind, state, reason, 400, homeAt()
				}), Home{})
				encoded, err := json.Marshal(blocks)
				assert.NilError(t, err)
				for _, word := range []string{"+1 ••• ••• 0132", bottest.Spree} {
					assert.Assert(t, strings.Contains(string(encoded), word), "%s %s %s: %s", kind, state, reason, encoded)
				}
			}
		}
	}
}

// Two people whose numbers end alike are told apart; one who is in the list twice is shown as ever.
func TestTheHomeTellsPeopleApart(t *testing.T) {
	t.Parallel()
	of := func(minutes int, number string) ledger.Recent {
		r := gone(minutes)
		r.Handle = ledger.NewSecret(number)
		return r
	}
	screen, _ := someHome(t, outcome.Explainer{}, Home{Recent: []ledger.Recent{of(1, "+14155550132"), of(2, "+12025560132"), of(3, "+14155550132")}})
	assert.Equal(t, strings.Count(screen, "+1 ••• ••• 50132"), 2, screen)
	assert.Equal(t, strings.Count(screen, "+1 ••• ••• 60132"), 1, screen)
	screen, _ = someHome(t, outcome.Explainer{}, Home{Recent: []ledger.Recent{of(1, "+14155550132"), of(2, "+14155550132")}})
	assert.Equal(t, strings.Count(screen, "+1 ••• ••• 0132"), 2, screen)
}
