package e2e_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// newEnvWithout is [newEnv] for an app that was set up without a scope.
func newEnvWithout(t *testing.T, scope string) *testEnv {
	t.Helper()
	scopes := manifestScopes(t)
	assert.Assert(t, slices.Contains(scopes, scope))
	without := slices.DeleteFunc(scopes, func(s string) bool { return s == scope })
	return newEnvOf(t, slacktest.Config{Scopes: without}, linqtest.Config{})
}

// Without files:write a reply says how to get the table of an offboarding, and the command that it names prints it.
func TestAnOffboardingWithoutFilesWrite(t *testing.T) {
	t.Parallel()
	env := newEnvWithout(t, "files:write")
	env.chatsOfTwoLines(3)
	env.start()
	env.press(alice, env.offboard(alice), "confirm_batch")
	env.awaitParent("It is done: 3 removed")
	env.awaitOutcome("the scope files:write")
	said := env.outcomes()[len(env.outcomes())-1].Rendered
	_, id, found := strings.Cut(said, "linqbot audit --batch ")
	assert.Assert(t, found, said)
	id = strings.TrimRight(strings.Fields(id)[0], "`.,")
	assert.Equal(t, strings.Count(env.must("audit", "--batch", id, "--format", "jsonl"), `"state":"removed"`), 3)
}

// Without files:read the shortcut on a message with a file says what is missing, and a list can be pasted.
func TestAListWithoutFilesRead(t *testing.T) {
	t.Parallel()
	env := newEnvWithout(t, "files:read")
	env.start()
	m := env.slack.ShareAs(alice, channel, "leavers.csv", []byte("Phone\n"+ann+"\n"))
	env.listShortcut(m, "the scope `files:read`")
	m = env.slack.PostAs(alice, channel, "", ann+"\n+14155550133")
	env.listShortcut(m, "The list has 2 people")
}

// listShortcut has Alice choose the shortcut for lists on a message, and waits for what the form says.
func (env *testEnv) listShortcut(m slacktest.Message, says string) {
	env.t.Helper()
	if ack, err := env.slack.MessageShortcut(env.t.Context(), "http://"+env.addr, alice, "remove_list", m); err != nil || ack.Status != http.StatusOK {
		env.t.Fatalf("%v %d", err, ack.Status)
	}
	env.await(says, func() bool {
		return slices.ContainsFunc(env.slack.Views(), func(v slacktest.View) bool { return strings.Contains(string(v.Body), says) })
	})
}

// Guests see the buttons of an offboarding, and so do people of another organisation in a shared channel. Their presses do
// nothing, and are on record. Slack does not tell guests from members in what it sends, so that those are guests whom the policy
// does not name; people of another organisation may even be named.
func TestGuestsPressTheButtonsOfAnOffboarding(t *testing.T) {
	t.Parallel()
	const guest, partner = "U0GUEST", "U0PARTNER"
	env := newEnv(t, linqtest.Config{})
	env.slack.AddUser(slacktest.User{ID: guest, Name: "Gus", Restricted: true})
	env.slack.AddUser(slacktest.User{ID: partner, Name: "Pia", TeamID: "T0GLOBEX"})
	env.vars["ALLOWED_USERS"] = strings.Join([]string{alice, partner}, ",")
	env.vars["LINQ_CONCURRENCY"] = "2"
	ids := env.chatsOfTwoLines(20)
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Delay: 100 * time.Millisecond})
	env.start()
	env.press(alice, env.offboard(alice), "confirm_batch")
	all := func(m slacktest.Message, actions ...string) (presses int) {
		for _, user := range []string{guest, partner} {
			for _, action := range actions {
				env.press(user, m, action)
				presses++
			}
		}
		return presses
	}
	presses := all(env.awaitParent("20 chats"), "pause_batch", "stop_batch")
	done := env.awaitParent("It is done: 20 removed")
	presses += all(done, "add_back_batch")

	env.awaitPrivate(guest, "⛔ You may not remove people from Linq chats.")
	env.awaitPrivate(partner, "does not serve this workspace. Nothing was done.")
	var denied []map[string]any
	env.await("the record", func() bool {
		denied = env.auditRows("--state", "denied")
		return len(denied) == presses
	})
	for _, row := range denied {
		rule := map[any]string{guest: "not named", partner: "not our workspace"}[row["user"]]
		assert.Equal(t, row["rule"], rule)
	}
	assert.Equal(t, env.deletes(ids), 20)
	for _, id := range ids {
		assert.Assert(t, !env.annIsIn(id))
	}
}
