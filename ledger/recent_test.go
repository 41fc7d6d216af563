package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func recentOf(t *testing.T, l *ledger.Ledger, team, user string, limit int) []ledger.Recent {
	t.Helper()
	recent, err := l.RecentOf(t.Context(), team, user, limit)
	if err != nil {
		t.Fatal(err)
	}
	return recent
}

func deliveries(recent []ledger.Recent) string {
	var all []string
	for _, r := range recent {
		all = append(all, r.Delivery)
	}
	return strings.Join(all, " ")
}

func TestRecentRequestsOfAPerson(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{})
		if got := recentOf(t, l, "T1", "U1", 10); len(got) != 0 {
			t.Errorf("nobody asked for anything: %+v", got)
		}
		for i := range 12 {
			accept(t, l, order(fmt.Sprintf("d%d", i), fmt.Sprintf("+14155550%03d", i)))
		}
		for delivery, change := range map[string]func(*ledger.Order){
			"somebody else's": func(o *ledger.Order) { o.UserID = "U2" },
			"another team's":  func(o *ledger.Order) { o.TeamID = "T2" },
			"a workflow's":    func(o *ledger.Order) { o.Source = ledger.WorkflowStep },
		} {
			o := order(delivery, "+14155559"+fmt.Sprint(len(delivery)))
			change(&o)
			accept(t, l, o)
		}
		if got := deliveries(recentOf(t, l, "T1", "U1", 10)); got != "d11 d10 d9 d8 d7 d6 d5 d4 d3 d2" {
			t.Errorf("the newest first: %s", got)
		}
		if got := deliveries(recentOf(t, l, "T1", "U1", 100)); !strings.HasSuffix(got, "d1 d0") || strings.Contains(got, "'") {
			t.Errorf("all of them: %s", got)
		}
		if got := deliveries(recentOf(t, l, "T1", "U2", 10)); got != "somebody else's" {
			t.Errorf("%s", got)
		}
	})
}

// A removal that somebody takes back is marked, and each request comes with where it shows.
func TestRecentRequestsAreWhole(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{})
		accepted := accept(t, l, order("d1", "+14155550132"), order("d1", "+14155550133"))
		for _, a := range accepted {
			if err := end(t.Context(), l, a.Request.ID, ledger.Removed); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.SaveThread(t.Context(), ledger.Thread{
			Delivery: "d1", Route: ledger.InThread, Posting: ledger.Posting{ChannelID: "C1", TS: "1700000000.000100"},
		}); err != nil {
			t.Fatal(err)
		}
		back := order("undo", "+14155550132")
		back.Kind, back.Source, back.Undoes, back.UserID = ledger.Add, ledger.UndoButton, accepted[0].Request.ID, "U2"
		accept(t, l, back)

		for _, r := range recentOf(t, l, "T1", "U1", 10) {
			if want := r.ID == accepted[0].Request.ID; r.State != ledger.Removed || r.Undone != want {
				t.Errorf("%s is %s, undone %t", r.Handle.Value(), r.State, r.Undone)
			}
			if r.Thread.ChannelID != "C1" || r.Thread.TS != "1700000000.000100" {
				t.Errorf("%+v", r.Thread)
			}
		}
		theirs := recentOf(t, l, "T1", "U2", 10)
		if len(theirs) != 1 || theirs[0].Kind != ledger.Add || theirs[0].Thread.TS != "" {
			t.Errorf("%+v", theirs)
		}
	})
}
