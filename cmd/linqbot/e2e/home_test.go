package e2e_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"linqbot/linq/linqtest"
)

// openHome has alice open the Home tab. A bot that has just started may not know its team yet.
func (env *testEnv) openHome() {
	env.t.Helper()
	env.await("the home to be taken", func() bool {
		ack, err := env.slack.OpenHome(env.t.Context(), "http://"+env.addr, alice)
		return err == nil && ack.Status == http.StatusOK
	})
}

func (env *testEnv) awaitHome(words string) {
	env.t.Helper()
	env.await("a home with "+words, func() bool { return strings.Contains(env.slack.Home(alice), words) })
}

// addBackAtHome returns the removal that alice's home offers to take back, "" when it offers none.
func (env *testEnv) addBackAtHome() string {
	env.t.Helper()
	var body struct {
		Blocks []struct {
			Accessory struct {
				ActionID string `json:"action_id"`
				Value    string `json:"value"`
			} `json:"accessory"`
		} `json:"blocks"`
	}
	v, _ := env.slack.HomeView(alice)
	if err := json.Unmarshal(v.Body, &body); err != nil {
		env.t.Fatal(err)
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
	env := newEnv(t, linqtest.Config{EffectDelay: linqtest.OnSettle})
	b := env.start()
	env.openHome()
	env.awaitHome("linqbot has no requests of yours on record here.")
	env.remove(ann)
	env.awaitHome("⏳ Linq has queued the removal of +1 ••• ••• 0132 from Spring launch.")
	env.linq.Settle()
	env.awaitHome("✅ +1 ••• ••• 0132 has left Spring launch")

	ack, err := env.slack.PressHome(t.Context(), "http://"+env.addr, alice, "add_back", env.addBackAtHome())
	if err != nil || ack.Status != http.StatusOK {
		t.Fatalf("%v %d", err, ack.Status)
	}
	env.awaitHome("⏳ Linq has queued adding +1 ••• ••• 0132 back to Spring launch.")
	env.linq.Settle()
	env.awaitHome("✅ +1 ••• ••• 0132 is back in Spring launch")
	env.awaitOutcome("is back in Spring launch")
	if got := len(env.parents()); got != 1 {
		t.Errorf("%d threads", got)
	}
	if env.addBackAtHome() != "" || env.slack.Home(bert) != "" {
		t.Errorf("alice sees\n%sand bert\n%s", env.slack.Home(alice), env.slack.Home(bert))
	}
	env.nothingLeaked(b)
}
