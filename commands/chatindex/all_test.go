package chatindex_test

import (
	"testing"
	"testing/synctest"

	"gotest.tools/v3/assert"

	"linqbot/commands/chatindex"
	"linqbot/commands/commandstest"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// All chats are of a listing that begins after the call, however young the kept one is.
func TestAllIsListedAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, index := slowIndex(t)
		assert.Equal(t, found(t, index, ""), "Spring launch")
		w.AddChat(linqtest.Group("Summer", commandstest.Line, commandstest.Ada, commandstest.Ben))
		assert.Equal(t, found(t, index, "summer"), "")
		groups, cut, err := index.All(t.Context())
		assert.NilError(t, err)
		assert.Assert(t, !cut)
		assert.Equal(t, len(groups), 2)
		assert.Equal(t, found(t, index, "summer"), "Summer", "a search has it too")
		w.Fail(linqtest.ListChats, 1, linqtest.Fault{Status: 500})
		_, _, err = index.All(t.Context())
		assert.ErrorIs(t, err, chatindex.ErrNotListed)
	})
}

func TestAllThatIsCutOff(t *testing.T) {
	t.Parallel()
	index := chatindex.New(chatindex.Config{Lister: &lister{
		chats: []linq.Chat{chatNamed(t, "Spring launch")}, err: &linq.ListingError{Reason: "it has more than 1000 pages"},
	}})
	groups, cut, err := index.All(t.Context())
	assert.NilError(t, err)
	assert.Assert(t, cut)
	assert.Equal(t, len(groups), 1)
}
