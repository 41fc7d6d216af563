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

	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/ledger"
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

// record puts a tape before the house's bot.
func (h *house) record() *tape {
	h.t.Helper()
	kept := new(tape)
	server := httptest.NewServer(kept.before(h.bot.Handler()))
	h.t.Cleanup(server.Close)
	h.server = server
	return kept
}

// replayed is what another process on the same ledger answers to the same bytes.
func (h *house) replayed(r taped, cfg houseConfig) string {
	h.t.Helper()
	other, _ := h.program(cfg)
	request := httptest.NewRequest(http.MethodPost, r.path, bytes.NewReader(r.body))
	request.Header = r.header
	w := httptest.NewRecorder()
	other.Handler().ServeHTTP(w, request)
	other.Wait(h.t.Context())
	assert.Equal(h.t, w.Code, http.StatusOK)
	return w.Body.String()
}

// The same signed bytes at another process, which may have another policy by now, do nothing and tell
// nothing.
func TestTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	onlyGrace := policy.Policy{Users: []string{grace}}
	for name, test := range map[string]struct {
		cfg  houseConfig
		rows int // of the audit, without requests
		act  func(h *house)
	}{
		"a removal": {houseConfig{}, 0, func(h *house) {
			h.command(slacktest.Command{UserID: ada, ChannelID: ops, Text: chatID + " " + ann})
		}},
		"a denied removal": {houseConfig{policy: onlyGrace}, 1, func(h *house) {
			h.command(slacktest.Command{UserID: ada, ChannelID: ops, Text: chatID + " " + ann})
		}},
		"a removal that is asked about": {houseConfig{ask: true}, 0, func(h *house) {
			h.command(slacktest.Command{UserID: ada, ChannelID: ops, Text: chatID + " " + ann})
		}},
		"the list of chats":  {houseConfig{}, 1, func(h *house) { h.findChats(ann) }},
		"a denied list":      {houseConfig{policy: onlyGrace}, 1, func(h *house) { h.findChats(ann) }},
		"the form on a chat": {houseConfig{}, 1, func(h *house) { h.open(chatID) }},
		"a search in the form": {houseConfig{}, 1, func(h *house) {
			form := h.open("")
			assert.DeepEqual(h.t, h.suggest(form, ann), []string{chatID})
		}},
		"a choice in the form": {houseConfig{}, 1, func(h *house) {
			form := h.open("")
			h.taken(h.slack.Pick(h.t.Context(), h.server.URL, form, chatPick(chatID)))
		}},
		"the form": {houseConfig{}, 1, func(h *house) {
			assert.Assert(h.t, h.submit(h.open(chatID), chatPick(chatID), peoplePick(ann)) == nil)
		}},
		"the yes to a question": {houseConfig{ask: true}, 0, func(h *house) {
			h.command(slacktest.Command{UserID: ada, ChannelID: ops, Text: chatID + " " + ann})
			asked := h.slack.Ephemerals(ops, ada)
			h.press(ada, asked[len(asked)-1], commands.ActionConfirm)
		}},
		"somebody else's yes": {houseConfig{ask: true}, 1, func(h *house) {
			h.command(slacktest.Command{UserID: ada, ChannelID: ops, Text: chatID + " " + ann})
			asked := h.slack.Ephemerals(ops, ada)
			h.press(grace, asked[len(asked)-1], commands.ActionConfirm)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.cfg.idle = true
			h := newHouse(t, test.cfg)
			kept := h.record()
			test.act(h)
			h.await("the record", func() bool { return len(h.noted()) == test.rows })
			rows := func() map[string]int {
				all := map[string]int{"linq": len(h.linq.Calls()), "slack": len(h.slack.Calls()), "told": len(h.slack.Ephemerals(ops, ada)) + len(h.slack.Ephemerals(ops, grace))}
				for row, err := range h.ledger.Reader().Audit(t.Context(), ledger.AuditFilter{}) {
					assert.NilError(t, err)
					all[string(row.State)]++
				}
				return all
			}
			before := rows()
			answer := h.replayed(kept.last(), houseConfig{ask: test.cfg.ask})
			assert.Assert(t, answer == "" || strings.TrimSpace(answer) == `{"options":[]}`, answer)
			assert.DeepEqual(t, rows(), before)
		})
	}
}

// A press of "Add back" adds once, also when what it asked for has come to nothing since: another press
// may ask again.
func TestTheSamePressOfAddBackAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, houseConfig{})
	removal, m := h.remove(ann, "0132 has left")
	h.linq.LeaveByThemselves(chatID, line)
	kept := h.record()
	h.press(ada, m, commands.ActionUndo)
	press := kept.last()
	additions := func() (n int) {
		for row, err := range h.ledger.Reader().Audit(t.Context(), ledger.AuditFilter{}) {
			assert.NilError(t, err)
			if row.Undoes == removal.ID {
				n++
			}
		}
		return n
	}
	refused := func() bool {
		for row, err := range h.ledger.Reader().Audit(t.Context(), ledger.AuditFilter{State: ledger.Refused}) {
			if err == nil && row.Undoes == removal.ID {
				return true
			}
		}
		return false
	}
	h.await("the refusal", refused)
	h.clock.pass(time.Minute) // it is no double click
	assert.Equal(t, h.replayed(press, houseConfig{}), "")
	assert.Equal(t, additions(), 1)
	assert.Equal(t, len(h.slack.Ephemerals(ops, ada)), 1, "the ack of the command, and nothing since")
	h.press(ada, m, commands.ActionUndo)
	assert.Equal(t, additions(), 2)
}
