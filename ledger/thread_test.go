package ledger_test

import (
	"testing"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func TestFollowersAreToldOnce(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		accept(t, l, order("d1", "+14155550132"))
		second := order("d2", "+14155550132")
		second.UserID = "U2"
		accept(t, l, second)
		followers, err := l.UntoldFollowers(t.Context(), "d1")
		if err != nil || len(followers) != 1 || followers[0].UserID != "U2" {
			t.Fatalf("followers: %+v, %v", followers, err)
		}
		if err := l.MarkTold(t.Context(), followers[0]); err != nil {
			t.Fatal(err)
		}
		if err := l.SaveThread(t.Context(), ledger.Thread{Delivery: "d1", Route: ledger.InThread, Posting: ledger.Posting{ChannelID: "C1", TS: "1.2"}}); err != nil {
			t.Fatal(err)
		}
		third := accept(t, l, order("d3", "+14155550132"))[0]
		if third.Thread.TS != "1.2" {
			t.Errorf("the thread is known, but %+v", third.Thread)
		}
		if followers, err = l.UntoldFollowers(t.Context(), "d1"); err != nil || len(followers) != 0 {
			t.Errorf("still untold: %+v, %v", followers, err)
		}
	})
}
