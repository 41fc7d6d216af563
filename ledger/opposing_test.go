package ledger_test

import (
	"errors"
	"testing"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// Of a removal and an addition of the same person, the one that came first, or was tried first, is in the other's way.
func TestOpposing(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		removal := accept(t, l, order("d1", "Carla@example.com"))[0].Request
		add := order("d2", "carla@Example.com")
		add.Kind = ledger.Add
		addition := accept(t, l, add)[0].Request
		wants := func(r ledger.Request, want string) {
			t.Helper()
			other, err := l.Opposing(t.Context(), r)
			if other.ID != want || (err == nil) != (want != "") || want == "" && !errors.Is(err, ledger.ErrNotFound) {
				t.Errorf("%s is opposed by %q, want %q: %v", r.ID, other.ID, want, err)
			}
		}
		wants(addition, removal.ID)
		wants(removal, "")

		addition.Tries, addition.FirstTryAt = 1, time.Now()
		addition, err := l.Save(t.Context(), addition, ledger.Change{Cause: "try 1"})
		if err != nil {
			t.Fatal(err)
		}
		wants(removal, addition.ID)

		addition.State = ledger.Refused
		if _, err := l.Save(t.Context(), addition, ledger.Change{Cause: "refused"}); err != nil {
			t.Fatal(err)
		}
		wants(removal, "")
		elsewhere := order("d3", "carla@example.com")
		elsewhere.Kind, elsewhere.ChatID = ledger.Add, "550e8400-e29b-41d4-a716-446655440000"
		wants(accept(t, l, elsewhere)[0].Request, "")
	})
}

// A question that is open is in nobody's way before it has its yes.
func TestAQuestionOpposesNothing(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		accept(t, l, question("d1", "+14155550132"))
		add := order("d2", "+14155550132")
		add.Kind = ledger.Add
		addition := accept(t, l, add)[0].Request
		if other, err := l.Opposing(t.Context(), addition); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%+v, %v", other, err)
		}
		requests, _, err := l.Decide(t.Context(), "d1", true, "yes")
		if err != nil {
			t.Fatal(err)
		}
		if other, err := l.Opposing(t.Context(), requests[0]); err != nil || other.ID != addition.ID {
			t.Errorf("%+v, %v", other, err)
		}
	})
}
