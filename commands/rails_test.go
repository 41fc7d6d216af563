package commands_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// denials keeps what a gate records.
type denials struct {
	rows  []ledger.Denial
	spent map[string]bool
}

func (d *denials) Deny(_ context.Context, row ledger.Denial) (bool, error) {
	d.rows = append(d.rows, row)
	return false, nil
}

func (*denials) KeepReading(context.Context, ledger.Reading) (bool, error) { return false, nil }

func (d *denials) TakeDelivery(_ context.Context, delivery string) (bool, error) {
	fresh := !d.spent[delivery]
	if d.spent == nil {
		d.spent = make(map[string]bool)
	}
	d.spent[delivery] = true
	return fresh, nil
}

type pauses struct{ pause ledger.Pause }

func (p *pauses) Paused(context.Context) (ledger.Pause, error) { return p.pause, nil }

func (p *pauses) Turn(_ context.Context, s ledger.Switch) (ledger.Pause, error) {
	before := p.pause
	switch {
	case !s.Pause:
		p.pause = ledger.Pause{}
	case !before.Holds():
		p.pause = ledger.Pause{UserID: s.UserID, Reason: s.Reason, Since: askedAt()}
	}
	return before, nil
}

func protectingBen() rails.Rails {
	return rails.Rails{Protected: rails.Protect([]handle.Handle{handle.New(ben)}, "US"), Limits: ledger.Limits{PerHour: 7, PerDay: 9}}
}

// removeWith lets everybody in, so that only the rails say no.
func removeWith(r rails.Rails, rec *recorder, d *denials) *commands.Remove {
	return commands.NewRemove(commands.RemoveConfig{Gate: gate(anyone(), d), Recorder: rec, Region: "US", Rails: r, Logger: quiet()})
}

func pickOf(t *testing.T, c *commands.Remove, people ...string) (string, bool) {
	t.Helper()
	chat, err := linq.ParseChatID(chatID)
	assert.NilError(t, err)
	var picked []handle.Handle
	for _, person := range people {
		picked = append(picked, handle.New(person))
	}
	answer, recorded := c.Pick(t.Context(), in1(), chat, picked)
	return shownAnswer(answer), recorded
}

// Every entrance refuses somebody who is protected, however they are spelled and whoever else is named, before
// anything is recorded as a request.
func TestProtectedPeopleAreRefusedAtEveryEntrance(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(t *testing.T, rec *recorder, d *denials) string{
		"command": func(t *testing.T, rec *recorder, d *denials) string {
			t.Helper()
			in := in1()
			in.Text = chatID + " (202) 555-0132, 1 202 555 0143"
			return shownAnswer(removeWith(protectingBen(), rec, d).Run(t.Context(), in))
		},
		"form": func(t *testing.T, rec *recorder, d *denials) string {
			t.Helper()
			answer, recorded := pickOf(t, removeWith(protectingBen(), rec, d), ada, "(202) 555-0143")
			assert.Assert(t, !recorded)
			return answer
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var rec recorder
			var d denials
			assert.Assert(t, strings.Contains(ask(t, &rec, &d), "linqbot never removes"))
			assert.Equal(t, len(rec.orders), 0)
			assert.Equal(t, len(d.rows), 1)
			assert.Equal(t, d.rows[0].Rule, rails.DeniedProtected)
		})
	}
}

// The limits go with every order, and what meets one is refused in words and on record.
func TestLimitsAtEveryEntrance(t *testing.T) {
	t.Parallel()
	again := askedAt().Add(time.Hour)
	limited := map[string]ledger.Acceptance{ada: {Outcome: ledger.Limited, Limit: ledger.Limit{Most: 7, Again: again}}}
	const want = "you would have asked for more than 7 removals within an hour"

	rec, d := &recorder{answers: limited}, &denials{}
	c := removeWith(protectingBen(), rec, d)
	answer := shownAnswer(c.Run(t.Context(), in1()))
	assert.Assert(t, strings.Contains(answer, want) && strings.Contains(answer, "2026-03-09 17:45:10"), answer)
	answer, recorded := pickOf(t, c, ada)
	assert.Assert(t, !recorded && strings.Contains(answer, want), answer)
	for _, o := range rec.orders {
		assert.Equal(t, o.Limits, ledger.Limits{PerHour: 7, PerDay: 9})
	}
	for _, row := range d.rows {
		assert.Equal(t, row.Rule, rails.DeniedByHour)
	}
	assert.Equal(t, len(d.rows), 2)
}

func TestAnswersTellOfAPause(t *testing.T) {
	t.Parallel()
	held := rails.Rails{Pauses: &pauses{ledger.Pause{UserID: "U9", Reason: "wrong list", Since: askedAt()}}}
	c := removeWith(held, &recorder{}, &denials{})
	for _, answer := range []string{shownAnswer(c.Run(t.Context(), in1())), func() string { a, _ := pickOf(t, c, ada); return a }()} {
		assert.Assert(t, strings.Contains(answer, "is recorded") && strings.Contains(answer, "Removals are paused: [@U9]") && strings.Contains(answer, "wrong list"), answer)
	}
	assert.Equal(t, len(c.Paused()), 1)
}

func TestWhoMayTurnTheSwitch(t *testing.T) {
	t.Parallel()
	d, p := &denials{}, &pauses{}
	s := commands.NewSwitch(commands.SwitchConfig{Admins: []string{"U1"}, Gate: gate(policy.Policy{}, d), Turns: p, Logger: quiet()})
	turn := func(delivery, user string, pause bool) string {
		by := policy.Caller{Delivery: delivery, TeamID: "T1", UserID: user}
		if pause {
			return shownAnswer(s.Pause(t.Context(), by, "  ask "+ada+"\nfirst "))
		}
		return shownAnswer(s.Resume(t.Context(), by))
	}
	for _, step := range []struct {
		delivery, user string
		pause          bool
		says           string
		holds          bool
	}{
		{"d1", "U2", true, "Only the people whom", false},
		{"d2", "U1", false, "not paused", false},
		{"d3", "U1", true, "All removals are paused now", true},
		{"d3", "U1", true, "", true}, // the same press
		{"d4", "U1", true, "This was so before", true},
		{"d5", "U2", false, "Only the people whom", true},
		{"d6", "U1", false, "Removals go on", false},
	} {
		answer := turn(step.delivery, step.user, step.pause)
		assert.Assert(t, strings.Contains(answer, step.says) && (answer == "") == (step.says == ""), "%s: %s", step.delivery, answer)
		assert.Equal(t, p.pause.Holds(), step.holds, step.delivery)
		if step.holds {
			assert.Equal(t, p.pause.Reason, "ask +1 ••• ••• 0132 first")
		}
	}
	assert.Equal(t, len(d.rows), 2)
	assert.Equal(t, d.rows[0].Rule, rails.DeniedToSwitch)
}
