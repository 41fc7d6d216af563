package rails

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq/handle"
)

func protect(all ...string) Protected {
	people := make([]handle.Handle, len(all))
	for i, each := range all {
		people[i] = handle.New(each)
	}
	return Protect(people, "US")
}

func TestWhoIsProtected(t *testing.T) {
	t.Parallel()
	p := protect("+12025550132", "carla@example.com", "+525512345678", "88888", "+390612345678")
	for spelling, want := range map[string]bool{
		"+12025550132":           true,
		"12025550132":            true,
		"(202) 555-0132":         true,
		"+1 202-555-0132":        true,
		"CARLA@Example.com":      true,
		"+5215512345678":         true, // as it was before 2019
		"88888":                  true,
		"+390612345678":          true,
		"":                       false,
		"+12025550133":           false,
		"2025550133":             false,
		"carla@example.org":      false,
		"carla+work@example.com": false,
		"88889":                  false,
		"+3912345678":            false,
	} {
		assert.Check(t, p.Has(handle.New(spelling)) == want, spelling)
	}
	assert.Assert(t, p.Has(handle.New("+12025550199"), handle.New("carla@example.com")), "one spelling is enough")
	assert.Assert(t, !Protected{}.Has(handle.New("+12025550132")))
	assert.Equal(t, len(Protected{}.All()), 0)
}

// However the settings are printed, no number is.
func TestProtectedPeopleDoNotPrintThemselves(t *testing.T) {
	t.Parallel()
	rails := Rails{Protected: protect("+12025550132", "carla@example.com")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		printed := fmt.Sprintf(verb, rails) + fmt.Sprintf(verb, rails.Protected.All())
		assert.Check(t, !strings.Contains(printed, "2025550132") && !strings.Contains(printed, "carla@"), printed)
	}
}

func TestLimitWords(t *testing.T) {
	t.Parallel()
	again := time.Date(2026, 3, 9, 16, 45, 10, 0, time.UTC)
	for _, tc := range []struct {
		met       ledger.Limit
		who, want string
	}{
		{ledger.Limit{Most: 200, Again: again}, "", "Nothing was recorded, and nobody is removed: with this, you would have asked for more than 200 removals within an hour, as many as one person may. It is possible again at 2026-03-09 16:45:10 UTC."},
		{ledger.Limit{Most: 1, Again: again}, "U1", "Nothing was recorded, and nobody is removed: with this, @U1 would have asked for more than 1 removal within an hour, as many as one person may. It is possible again at 2026-03-09 16:45:10 UTC."},
		{ledger.Limit{Most: 5}, "", "Nothing was recorded, and nobody is removed: one person may ask for 5 removals within an hour at most, and this asks for more at once. Ask for fewer."},
		{ledger.Limit{Most: 5, Everybody: true, Again: again}, "", "Nothing was recorded, and nobody is removed: with this, people would have asked for more than 5 removals within 24 hours, as many as linqbot takes from all together. It is possible again at 2026-03-09 16:45:10 UTC."},
		{ledger.Limit{Most: 5, Everybody: true}, "", "Nothing was recorded, and nobody is removed: linqbot takes 5 removals from all people together within 24 hours at most, and this asks for more at once. Ask for fewer."},
	} {
		assert.Equal(t, LimitWords(tc.met, tc.who).String(), tc.want)
	}
	assert.Equal(t, RuleOf(ledger.Limit{Everybody: true}), DeniedByDay)
	assert.Equal(t, RuleOf(ledger.Limit{}), DeniedByHour)
}

func TestPausedWords(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 3, 9, 16, 45, 10, 0, time.UTC)
	for _, tc := range []struct {
		pause ledger.Pause
		want  string
	}{
		{ledger.Pause{UserID: "U1", Reason: "wrong list", Since: since}, "Removals are paused: @U1 paused them at 2026-03-09 16:45:10 UTC. The reason: wrong list."},
		{ledger.Pause{Operator: "Eve +12025550132", Reason: "ask +12025550132\nfirst", Since: since}, "Removals are paused: someone who runs linqbot (Eve +1 ••• ••• 0132) paused them at 2026-03-09 16:45:10 UTC. The reason: ask +1 ••• ••• 0132 first."},
	} {
		assert.Equal(t, PausedWords(tc.pause).String(), tc.want)
		assert.Equal(t, len(Told(tc.pause)), 1)
	}
	assert.Equal(t, len(Told(ledger.Pause{})), 0)
}

type pauses struct {
	pause ledger.Pause
	err   error
}

func (p pauses) Paused(context.Context) (ledger.Pause, error) { return p.pause, p.err }

func TestAPauseThatCannotBeReadIsNotTold(t *testing.T) {
	t.Parallel()
	holds := ledger.Pause{Since: time.Now()}
	assert.Assert(t, Rails{Pauses: pauses{pause: holds}}.Pause(t.Context()).Holds())
	assert.Assert(t, !Rails{Pauses: pauses{pause: holds, err: errors.New("down")}}.Pause(t.Context()).Holds())
	assert.Assert(t, !Rails{}.Pause(t.Context()).Holds())
}
