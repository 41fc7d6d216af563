package bot

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

// openHome has a user open their home, and returns what they then see.
func (h *env) openHome(user string) string {
	h.T.Helper()
	ack := h.taken(h.Slack.OpenHome(h.T.Context(), h.server.URL, user))
	assert.Equal(h.T, len(ack.Body), 0, "%s", ack.Body)
	return h.Slack.Home(user)
}

// pressHome has a user press a button of their home, and returns what they then see.
func (h *env) pressHome(user, action, value string) string {
	h.T.Helper()
	ack := h.taken(h.Slack.PressHome(h.T.Context(), h.server.URL, user, action, value))
	assert.Equal(h.T, len(ack.Body), 0, "%s", ack.Body)
	return h.Slack.Home(user)
}

// pressStale has a user press Add back where their home shows it no more, or never did.
func (h *env) pressStale(user, team, removal string) string {
	h.T.Helper()
	h.taken(h.Slack.SendInteraction(h.T.Context(), h.server.URL, map[string]any{
		"type": "block_actions", "user": map[string]any{"id": user, "team_id": team}, "team": map[string]any{"id": team},
		"view":    map[string]any{"id": "V0STALE", "type": "home"},
		"actions": []any{map[string]any{"action_id": commands.ActionUndo, "value": removal}},
	}))
	return h.Slack.Home(user)
}

// awaitHome waits until a user's home shows these words, though nobody opens it.
func (h *env) awaitHome(user, words string) {
	h.T.Helper()
	h.await(words+" at home", func() bool { return strings.Contains(h.Slack.Home(user), words) })
}

func wantAtHome(t *testing.T, screen string, want, not []string) {
	t.Helper()
	for _, words := range want {
		assert.Assert(t, strings.Contains(screen, words), "without %q:\n%s", words, screen)
	}
	for _, words := range not {
		assert.Assert(t, !strings.Contains(screen, words), "with %q:\n%s", words, screen)
	}
}

// A removal shows at home by itself, from the first moment to the end; pressing Add back there is the
// same as pressing it in the thread, and the thread tells of it.
func TestAHomeIsLive(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	wantAtHome(t, h.openHome(bottest.Ada), []string{"What linqbot can do", "[ Remove someone… ]", "no requests of yours on record"}, []string{"Add back ]"})
	removal, _ := h.remove(bottest.Ann, "0132 has left")
	h.awaitHome(bottest.Ada, "✅ +1 ••• ••• 0132 has left Spring launch")
	wantAtHome(t, h.Slack.Home(bottest.Ada), []string{"[ Add back ]", "Thread  Request " + removal.ShortID()}, nil)
	assert.Equal(t, h.Slack.Home(bottest.Grace), "", "nobody's but theirs")

	h.pressHome(bottest.Ada, commands.ActionUndo, removal.ID)
	h.awaitReply("0132 is back")
	h.awaitHome(bottest.Ada, "0132 is back in Spring launch")
	wantAtHome(t, h.Slack.Home(bottest.Ada), []string{"0132 has left"}, []string{"[ Add back ]"})
	assert.Equal(t, len(h.Parents()), 1, "it shows in the thread of the removal")
	assert.Equal(t, len(h.Slack.DirectMessages(bottest.Ada)), 0)
	assert.Equal(t, len(h.linq.Events()), 2)
}

// If a press leads to nothing, the home says why until it is opened anew.
func TestAddBackAtHomeThatIsTooLate(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	removal, m := h.remove(bottest.Ann, "0132 has left")
	h.openHome(bottest.Ada)
	h.press(bottest.Grace, m, commands.ActionUndo)
	h.awaitReply("0132 is back")
	wantAtHome(t, h.pressStale(bottest.Ada, h.Slack.Config().TeamID, removal.ID), []string{"✅ Adding them back was already asked for by @Grace"}, nil)
	wantAtHome(t, h.openHome(bottest.Ada), []string{"0132 has left"}, []string{"already asked for", "[ Add back ]", "is back in"})

	// The day after, the offer is gone; on a home that is older it says so.
	later, _ := h.remove(bottest.Bert, "0133 has left")
	h.openHome(bottest.Ada)
	h.Clock.Pass(25 * time.Hour)
	wantAtHome(t, h.pressHome(bottest.Ada, commands.ActionUndo, later.ID), []string{"more than 24 hours ago"}, []string{"[ Add back ]"})
	wantAtHome(t, h.openHome(bottest.Ada), nil, []string{"more than 24 hours ago"})
	_, err := h.Ledger.UndoneBy(t.Context(), later.ID)
	assert.ErrorIs(t, err, ledger.ErrNotFound)
}

// The form of the home belongs to no channel, and what comes of it is told in a direct message.
func TestTheFormOfTheHome(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	h.openHome(bottest.Ada)
	published := h.Calls("views.publish")
	h.pressHome(bottest.Ada, commands.ActionPick, "")
	assert.Equal(t, h.Calls("views.publish"), published+1)
	form := h.Slack.Views()[1]
	assert.Assert(t, h.submit(form, chatPick(bottest.ChatID), peoplePick(bottest.Ann)) == nil)
	h.awaitHome(bottest.Ada, "0132 has left")
	removal := h.recent(bottest.Ada)[0]
	h.await("the outcome in a direct message", func() bool {
		messages := h.Slack.DirectMessages(bottest.Ada)
		return len(messages) == 1 && strings.Contains(messages[0].Rendered, "0132 has left")
	})
	wantAtHome(t, h.Slack.Home(bottest.Ada), []string{"[ Add back ]"}, []string{"Thread"})

	h.pressHome(bottest.Ada, commands.ActionUndo, removal.ID)
	h.await("the addition in a direct message", func() bool {
		messages := h.Slack.DirectMessages(bottest.Ada)
		return len(messages) == 2 && strings.Contains(messages[1].Rendered, "0132 is back") && messages[1].ThreadTS == messages[0].TS
	})
}

// recent is what a user asked for, as the ledger has it.
func (h *env) recent(user string) []ledger.Recent {
	h.T.Helper()
	recent, err := h.Ledger.RecentOf(h.T.Context(), h.Slack.Config().TeamID, user, 10)
	assert.NilError(h.T, err)
	return recent
}

func TestWhoGetsWhatAtHome(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{policy: policy.Policy{Users: []string{bottest.Ada}}})
	h.remove(bottest.Ann, "0132 has left")
	wantAtHome(t, h.openHome(bottest.Ada), []string{"[ Remove someone… ]", "[ Add back ]"}, []string{"You may not"})
	wantAtHome(t, h.openHome(bottest.Grace),
		[]string{"What linqbot can do", "⛔ You may not remove people from Linq chats. Ask someone who may: @Ada."},
		[]string{"[ Remove someone", "[ Add back", "Your requests"})

	// For somebody whom the policy no longer names nothing is read.
	removal := h.recent(bottest.Ada)[0]
	assert.Equal(t, len(h.linq.Events()), 1)
	h.cfg.policy = policy.Policy{Users: []string{bottest.Grace}}
	stale, _ := h.program(h.cfg)
	h.serve(stale)
	wantAtHome(t, h.pressHome(bottest.Ada, commands.ActionUndo, removal.ID),
		[]string{"You may not"}, []string{"[ Remove someone", "[ Add back", "0132 has left"})
	assert.Equal(t, len(h.linq.Events()), 1)
}

// Where commands work in some channels only, the form does not open from the home, and what was
// removed there can be added back.
func TestTheHomeWhereChannelsAreNamed(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{policy: policy.Policy{Everyone: true, Channels: []string{bottest.Ops}}})
	removal, _ := h.remove(bottest.Ann, "0132 has left")
	wantAtHome(t, h.openHome(bottest.Ada), []string{"Removals are only allowed in #ops. Ask for them there.", "[ Add back ]"}, []string{"[ Remove someone"})
	h.pressHome(bottest.Ada, commands.ActionUndo, removal.ID)
	h.awaitReply("0132 is back")
}

// People of another workspace get no home, and nothing that they press there counts.
func TestNoHomeForOtherWorkspaces(t *testing.T) {
	t.Parallel()
	const mallory = "W0MALLORY"
	h := newEnv(t, envConfig{})
	h.Slack.AddUser(slacktest.User{ID: mallory, TeamID: "T0PARTNER"})
	envelope := h.Slack.Envelope(map[string]any{"type": "app_home_opened", "user": mallory, "channel": "D1", "tab": "home"})
	envelope["team_id"] = "T0PARTNER"
	assert.Equal(t, h.event(envelope), http.StatusOK)
	for _, event := range []map[string]any{
		{"type": "app_home_opened", "user": bottest.Ada, "channel": "D1", "tab": "messages"},
		{"type": "app_home_opened", "channel": "D1", "tab": "home"},
	} {
		assert.Equal(t, h.event(h.Slack.Envelope(event)), http.StatusOK)
	}
	assert.Equal(t, h.Calls("views.publish"), 0)

	removal, _ := h.remove(bottest.Ann, "0132 has left")
	assert.Equal(t, h.pressStale(mallory, "T0PARTNER", removal.ID), "")
	assert.Equal(t, len(h.linq.Events()), 1)
}

// A question that was answered with no has no thread, and is told at home all the same.
func TestAQuestionAtHome(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{ask: true})
	h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + bottest.Ann})
	wantAtHome(t, h.openHome(bottest.Ada), []string{"waits for a yes"}, []string{"[ Add back ]"})
	h.press(bottest.Ada, h.Slack.Ephemerals(bottest.Ops, bottest.Ada)[0], commands.ActionCancel)
	h.awaitHome(bottest.Ada, "was cancelled. Nothing was removed.")
}

// A ledger that does not answer takes nothing away but the list.
func TestAHomeWithoutALedger(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{idle: true, records: unreadable{}})
	wantAtHome(t, h.openHome(bottest.Ada), []string{"[ Remove someone… ]", "⚠️ linqbot cannot read its ledger"}, []string{"on record"})
	assert.Assert(t, strings.Contains(h.Log.String(), "disk gone"))
}

type unreadable struct{}

func (unreadable) RecentOf(context.Context, string, string, int) ([]ledger.Recent, error) {
	return nil, errors.New("disk gone")
}

func (unreadable) RecentBatchesOf(context.Context, string, string, int) ([]ledger.RecentBatch, error) {
	return nil, errors.New("disk gone")
}

// The program's end is that of its homes: what they wait with is not published any more.
func TestTheEndOfTheBotReachesItsHomes(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{idle: true})
	h.openHome(bottest.Ada)
	published := h.Calls("views.publish")
	h.News(h.Ask(bottest.Ann), bottest.Ann, bottest.Removed)
	h.home.News([]ledger.Request{{Order: ledger.Order{TeamID: bottest.Team, UserID: bottest.Ada, Source: ledger.SlashCommand}}})
	h.bot.Drain()
	h.rest()
	assert.Equal(t, h.Calls("views.publish"), published)
}
