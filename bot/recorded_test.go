package bot

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/ledger"
	"linqbot/ledger/audit"
)

// tape keeps the requests of Slack's that passed it, with the bytes that it signed.
type tape struct {
	mu   sync.Mutex
	kept []taped
}

type taped struct {
	path   string
	header http.Header
	body   []byte
}

func (t *tape) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		t.mu.Lock()
		t.kept = append(t.kept, taped{path: r.URL.Path, header: r.Header.Clone(), body: body})
		t.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

func (t *tape) last() taped {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept[len(t.kept)-1]
}

// record puts a tape before the environment's bot.
func (h *env) record() *tape {
	h.T.Helper()
	kept := new(tape)
	server := httptest.NewServer(kept.before(h.bot.Handler()))
	h.T.Cleanup(server.Close)
	h.server = server
	return kept
}

// replayed is what another process on the same ledger answers to the same bytes.
func (h *env) replayed(r taped, cfg envConfig) string {
	h.T.Helper()
	other, _ := h.program(cfg)
	request := httptest.NewRequest(http.MethodPost, r.path, bytes.NewReader(r.body))
	request.Header = r.header
	w := httptest.NewRecorder()
	other.Handler().ServeHTTP(w, request)
	other.Wait(h.T.Context())
	assert.Equal(h.T, w.Code, http.StatusOK)
	return w.Body.String()
}

// The same signed bytes at another process, which may have another policy by now, do nothing and tell
// nothing.
func TestTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	onlyGrace := policy.Policy{Users: []string{bottest.Grace}}
	for name, test := range map[string]struct {
		cfg  envConfig
		rows int // of the audit, without requests
		act  func(h *env)
	}{
		"a removal": {envConfig{}, 0, func(h *env) {
			h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + bottest.Ann})
		}},
		"a denied removal": {envConfig{policy: onlyGrace}, 1, func(h *env) {
			h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + bottest.Ann})
		}},
		"a removal that is asked about": {envConfig{ask: true}, 0, func(h *env) {
			h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + bottest.Ann})
		}},
		"the list of chats":  {envConfig{}, 1, func(h *env) { h.findChats(bottest.Ann) }},
		"a denied list":      {envConfig{policy: onlyGrace}, 1, func(h *env) { h.findChats(bottest.Ann) }},
		"the form on a chat": {envConfig{}, 1, func(h *env) { h.open(bottest.ChatID) }},
		"a search in the form": {envConfig{}, 1, func(h *env) {
			form := h.open("")
			assert.DeepEqual(h.T, h.suggest(form, bottest.Ann), []string{bottest.ChatID})
		}},
		"a choice in the form": {envConfig{}, 1, func(h *env) {
			form := h.open("")
			h.taken(h.Slack.Pick(h.T.Context(), h.server.URL, form, chatPick(bottest.ChatID)))
		}},
		"the form": {envConfig{}, 1, func(h *env) {
			assert.Assert(h.T, h.submit(h.open(bottest.ChatID), chatPick(bottest.ChatID), peoplePick(bottest.Ann)) == nil)
		}},
		"the yes to a question": {envConfig{ask: true}, 0, func(h *env) {
			h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + bottest.Ann})
			asked := h.Slack.Ephemerals(bottest.Ops, bottest.Ada)
			h.press(bottest.Ada, asked[len(asked)-1], commands.ActionConfirm)
		}},
		"somebody else's yes": {envConfig{ask: true}, 1, func(h *env) {
			h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + bottest.Ann})
			asked := h.Slack.Ephemerals(bottest.Ops, bottest.Ada)
			h.press(bottest.Grace, asked[len(asked)-1], commands.ActionConfirm)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.cfg.idle = true
			h := newEnv(t, test.cfg)
			kept := h.record()
			test.act(h)
			h.await("the record", func() bool { return len(h.noted()) == test.rows })
			rows := func() map[string]int {
				all := map[string]int{"linq": len(h.linq.Calls()), "slack": len(h.Slack.Calls()), "told": len(h.Slack.Ephemerals(bottest.Ops, bottest.Ada)) + len(h.Slack.Ephemerals(bottest.Ops, bottest.Grace))}
				for row, err := range audit.Rows(t.Context(), h.Ledger.Reader(), audit.Filter{}) {
					assert.NilError(t, err)
					all[string(row.State)]++
				}
				return all
			}
			before := rows()
			answer := h.replayed(kept.last(), envConfig{ask: test.cfg.ask})
			assert.Assert(t, answer == "" || strings.TrimSpace(answer) == `{"options":[]}`, answer)
			assert.DeepEqual(t, rows(), before)
		})
	}
}

// A press of "Add back" adds once, also when what it asked for has come to nothing since: another press
// may ask again.
func TestTheSamePressOfAddBackAgain(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	removal, m := h.remove(bottest.Ann, "0132 has left")
	h.linq.LeaveByThemselves(bottest.ChatID, bottest.Line)
	kept := h.record()
	h.press(bottest.Ada, m, commands.ActionUndo)
	press := kept.last()
	additions := func() (n int) {
		for row, err := range audit.Rows(t.Context(), h.Ledger.Reader(), audit.Filter{}) {
			assert.NilError(t, err)
			if row.Undoes == removal.ID {
				n++
			}
		}
		return n
	}
	refused := func() bool {
		for row, err := range audit.Rows(t.Context(), h.Ledger.Reader(), audit.Filter{State: ledger.Refused}) {
			if err == nil && row.Undoes == removal.ID {
				return true
			}
		}
		return false
	}
	h.await("the refusal", refused)
	h.Clock.Pass(time.Minute) // it is no double click
	assert.Equal(t, h.replayed(press, envConfig{}), "")
	assert.Equal(t, additions(), 1)
	assert.Equal(t, len(h.Slack.Ephemerals(bottest.Ops, bottest.Ada)), 1, "the ack of the command, and nothing since")
	h.press(bottest.Ada, m, commands.ActionUndo)
	assert.Equal(t, additions(), 2)
}
