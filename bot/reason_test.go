package bot

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
)

// The form has a field for the reason, which may stay empty.
func TestTheFormTakesAReason(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	form := h.open(bottest.ChatID)
	wantView(t, form, `"block_id":"reason"`, `"optional":true`)
	wrong := h.submit(form, chatPick(bottest.ChatID), peoplePick(bottest.Ann), written(blockkit.BlockReason, strings.Repeat("x", 301)))
	assert.DeepEqual(t, wrong, map[string]string{blockkit.BlockReason: "Write at most 300 characters."})
	assert.Assert(t, h.submit(form, chatPick(bottest.ChatID), peoplePick(bottest.Ann), written(blockkit.BlockReason, " left\nthe firm ")) == nil)
	view, err := h.Ledger.View(t.Context(), "view-"+form.ID)
	assert.NilError(t, err)
	assert.Equal(t, view.Requests[0].Because, "left the firm")
}
