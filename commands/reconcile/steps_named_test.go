package reconcile_test

import (
	"testing"
	"testing/synctest"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// A person who is named in another spelling than the chat's is removed in the chat's, if only one person can be meant.
func TestAPersonIsFoundInAnySpelling(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		asked, listed, also string
		found               bool
	}{
		"of a former plan":     {"+525512345678", "+5215512345678", ben, true},
		"of today's plan":      {"+22512345678", "+2250712345678", ben, true},
		"by two":               {"+22512345678", "+2250712345678", "+2250512345678", false},
		"exactly one of two":   {"+525512345678", "+525512345678", "+5215512345678", true},
		"a business":           {"urn:biz:b1e2", "urn:biz:b1e2", ben, true},
		"a short code":         {"12345", "12345", ben, true},
		"the end of a number":  {"12345", "+12025512345", ben, false},
		"an address in ASCII":  {"ann@bücher.example", "ann@xn--bcher-kva.example", ben, true},
		"digits alone":         {"+14155550132", "14155550132", ben, true},
		"as people write it":   {"+14155550132", "(415) 555-0132", ben, true},
		"of another country's": {"+4155550132", "(415) 555-0132", ben, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group(test.listed, test.also, carla, dan), test.asked)
				e.steps = reconcile.NewSteps(reconcile.StepsConfig{
					Chats: e.client, Records: e.records, Logger: quiet(), Lines: knownLines(), Region: "US",
				})
				e.remove()
				r := e.records.request()
				if !test.found {
					assert.Equal(t, r.State, ledger.Refused)
					assert.Equal(t, r.Reason, outcome.ReasonNotInChat)
					assert.Equal(t, e.linq.Count(linqtest.Remove), 0)
					return
				}
				assert.Equal(t, r.ListedHandle.Value(), test.listed)
				calls := e.linq.Calls()
				assert.Equal(t, calls[len(calls)-1].Handle, test.listed)
			})
		})
	}
}

// Once one was seen, nobody of a similar number takes their place.
func TestNobodyTakesThePlaceOfSomebodyGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const asked, listed, similar = "+22512345678", "+2250712345678", "+2250512345678"
		e := newEnv(t, linqtest.Config{}, group(listed, ben, carla, dan), asked)
		e.remove()
		assert.Equal(t, e.records.request().State, ledger.Sent)
		e.handle = listed
		e.unlist()
		chat, ok := e.linq.Chat(e.chat)
		assert.Assert(t, ok)
		chat.People = append(chat.People, linqtest.Person{Handle: similar})
		e.linq.AddChat(chat)
		_, err := e.steps.Confirm(t.Context(), requestID)
		assert.NilError(t, err)
		assert.Equal(t, e.records.request().State, ledger.Removed)
		assert.Equal(t, e.effects(), 1)
	})
}

// A person who left under one spelling and is in the chat under another is removed under the latter.
func TestAPersonWhoLeftUnderOneSpellingIsRemovedUnderAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const left, active = "+525512345678", "+5215512345678"
		chat := group(active, ben, carla, dan)
		chat.People = append(chat.People, linqtest.Person{Handle: left, Status: "left"})
		e := newEnv(t, linqtest.Config{}, chat, left)
		e.remove()
		r := e.records.request()
		assert.Equal(t, r.State, ledger.Sent)
		assert.Equal(t, r.ListedHandle.Value(), active)
		calls := e.linq.Calls()
		assert.Equal(t, calls[len(calls)-1].Handle, active)
	})
}

// What is shown tells the person apart from others of the chat whose numbers end in the same four digits, also when
// nobody but them is asked for.
func TestAPersonIsToldApart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		also string
		want string
	}{
		"nobody alike":   {"+12025560133", "+1 ••• ••• 0132"},
		"somebody alike": {"+12025560132", "+1 ••• ••• 50132"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group("+14155550132", test.also, carla, dan), "+14155550132")
				e.remove()
				r := e.records.request()
				assert.Equal(t, outcome.Explainer{}.Who(r), test.want)
				e.linq.LeaveByThemselves(r.ChatID, test.also)
				e.confirm()
				assert.Equal(t, outcome.Explainer{}.Who(e.records.request()), test.want)
			})
		})
	}
}
