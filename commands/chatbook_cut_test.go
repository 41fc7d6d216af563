package commands_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/chatindex"
	"linqbot/commands/policy"
	"linqbot/linq"
)

// cutLister lists one chat, and ends in an error.
type cutLister struct {
	err   error
	times int
}

func (l *cutLister) AllChats(context.Context, linq.ChatsQuery) iter.Seq2[linq.Chat, error] {
	l.times++
	return func(yield func(linq.Chat, error) bool) {
		id, _ := linq.ParseChatID(chatID)
		if yield(linq.Chat{ID: id, IsGroup: true, DisplayName: "Spring launch"}, nil) && l.err != nil {
			yield(linq.Chat{}, l.err)
		}
	}
}

// Of a listing that was cut off people are shown what there is, and told that there may be more. It is
// not begun again for each search.
func TestAListingThatWasCutOff(t *testing.T) {
	t.Parallel()
	const more = "some may be missing"
	synctest.Test(t, func(t *testing.T) {
		lister := &cutLister{err: &linq.ListingError{Reason: "it has more than 1000 pages"}}
		book := chatindex.New(chatindex.Config{Lister: lister, Region: "US"})
		find := finder(book, policy.Policy{Everyone: true})
		for _, words := range []string{"spring", "", "nothing of the kind"} {
			assert.Assert(t, strings.Contains(written(find.Run(t.Context(), asks(words))), more), words)
		}
		assert.Equal(t, found(t, book, "spring"), "Spring launch")
		time.Sleep(5 * time.Minute)
		found(t, book, "spring")
		synctest.Wait()
		assert.Equal(t, lister.times, 1)

		lister.err = nil
		time.Sleep(6 * time.Minute)
		found(t, book, "spring")
		synctest.Wait()
		assert.Equal(t, lister.times, 2)
		assert.Assert(t, !strings.Contains(written(find.Run(t.Context(), asks("spring"))), more))

		lister.err = errors.New("no answer")
		time.Sleep(2 * time.Minute)
		found(t, book, "spring")
		synctest.Wait()
		assert.Equal(t, lister.times, 3)
		assert.Equal(t, found(t, book, "spring"), "Spring launch", "a list that was whole is kept")
		assert.Assert(t, !book.CutOff())
	})
}
