package e2e_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"linqbot/linq/linqtest"
)

// openHome has alice open the Home tab. A bot that has just started may not know its team yet.
func (w *world) openHome() {
	w.t.Helper()
	w.await("the home to be taken", func() bool {
		ack, err := w.slack.OpenHome(w.t.Context(), "http://"+w.addr, alice)
		return err == nil && ack.Status == http.StatusOK
	})
}

func (w *world) awaitHome(words string) {
	w.t.Helper()
	w.await("a home with "+words, func() bool { return strings.Contains(w.slack.Home(alice), words) })
}

// addBackAtHome returns the removal that alice's home offers to take back, "" when it offers none.
func (w *world) addBackAtHome() string {
	w.t.Helper()
	var body struct {
		Blocks []struct {
			Accessory struct {
				ActionID string `json:"action_id"`
				Value    string `json:"value"`
			} `json:"accessory"`
		} `json:"blocks"`
	}
	v, _ := w.slack.HomeView(alice)
	if err := json.Unmarshal(v.Body, &body); err != nil {
		w.t.Fatal(err)
	}
	for _, block := range body.Blocks {
		if block.Accessory.ActionID == "add_back" {
			return block.Accessory.Value
		}
	}
	return ""
}

// The home tells of a removal from its beginning to its end and back again, though it is opened once.
func TestTheHome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{EffectDelay: linqtest.OnSettle})
	b := w.start()
	w.openHome()
	w.awaitHome("linqbot has no requests of yours on record here.")
	w.remove(ann)
	w.awaitHome("⏳ Linq has queued the removal of +1 ••• ••• 0132 from Spring launch.")
	w.linq.Settle()
	w.awaitHome("✅ +1 ••• ••• 0132 has left Spring launch")

	ack, err := w.slack.PressHome(t.Context(), "http://"+w.addr, alice, "add_back", w.addBackAtHome())
	if err != nil || ack.Status != http.StatusOK {
		t.Fatalf("%v %d", err, ack.Status)
	}
	w.awaitHome("⏳ Linq has queued adding +1 ••• ••• 0132 back to Spring launch.")
	w.linq.Settle()
	w.awaitHome("✅ +1 ••• ••• 0132 is back in Spring launch")
	w.awaitOutcome("is back in Spring launch")
	if got := len(w.parents()); got != 1 {
		t.Errorf("%d threads", got)
	}
	if w.addBackAtHome() != "" || w.slack.Home(bert) != "" {
		t.Errorf("alice sees\n%sand bert\n%s", w.slack.Home(alice), w.slack.Home(bert))
	}
	w.nothingLeaked(b)
}
