package chatindex_test

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/chatindex"
	"linqbot/commands/commandstest"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// slowBook is an index of a Linq with one chat, in a bubble of synctest.
func slowIndex(t *testing.T) (*commandstest.Linq, *chatindex.Index) {
	t.Helper()
	server := commandstest.NewLinq(t, linqtest.Config{})
	server.AddChat(commandstest.Group(commandstest.Ada, commandstest.Ben, commandstest.Carla))
	return server, chatindex.New(chatindex.Config{Lister: server.Client, Region: "US"})
}

func TestSearchIsStaleWhileTheListIsRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, index := slowIndex(t)
		assert.Equal(t, found(t, index, ""), "Spring launch")
		time.Sleep(59 * time.Second)
		assert.Equal(t, found(t, index, ""), "Spring launch")
		synctest.Wait()
		assert.Equal(t, w.Count(linqtest.ListChats), 1, "the list is young")

		w.AddChat(linqtest.Group("Summer", commandstest.Line, commandstest.Ada, commandstest.Ben))
		w.Fail(linqtest.ListChats, 0, linqtest.Fault{Delay: 10 * time.Second})
		time.Sleep(2 * time.Second)
		began := time.Now()
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if got, err := index.Search(t.Context(), ""); err != nil || len(got) != 1 {
					t.Errorf("%d chats, %v", len(got), err)
				}
			})
		}
		all.Wait()
		assert.Equal(t, time.Since(began), time.Duration(0), "nobody waits")
		time.Sleep(5 * time.Second)
		assert.Equal(t, found(t, index, "summer"), "", "the old list answers while Linq takes its time")
		assert.Equal(t, w.Count(linqtest.ListChats), 2, "one listing for many")
		time.Sleep(6 * time.Second)
		assert.Equal(t, found(t, index, "summer"), "Summer")
	})
}

func TestTheFirstSearchWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, index := slowIndex(t)
		w.Fail(linqtest.ListChats, 0, linqtest.Fault{Delay: 10 * time.Second})
		began := time.Now()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
				defer cancel()
				_, err := index.Search(ctx, "spring")
				if !errors.Is(err, chatindex.ErrNotListed) || !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		assert.Equal(t, time.Since(began), 2500*time.Millisecond)
		time.Sleep(8 * time.Second)
		assert.Equal(t, found(t, index, "spring"), "Spring launch")
		assert.Equal(t, time.Since(began), 10500*time.Millisecond, "the listing went on without those who asked")
		assert.Equal(t, w.Count(linqtest.ListChats), 1)
	})
}

func TestAnIndexKeepsNoError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, index := slowIndex(t)
		w.Fail(linqtest.ListChats, 1, linqtest.Fault{Status: 500})
		_, err := index.Search(t.Context(), "")
		assert.ErrorIs(t, err, chatindex.ErrNotListed)
		assert.ErrorContains(t, err, "list chats")
		assert.Equal(t, found(t, index, ""), "Spring launch")
	})
}

func TestAFailingRenewalKeepsTheOldList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, index := slowIndex(t)
		assert.Equal(t, found(t, index, ""), "Spring launch")
		w.Fail(linqtest.ListChats, 3, linqtest.Fault{Status: 500})
		time.Sleep(time.Hour)
		for range 3 {
			assert.Equal(t, found(t, index, ""), "Spring launch")
			synctest.Wait()
		}
		w.AddChat(linqtest.Group("Summer", commandstest.Line, commandstest.Ada, commandstest.Ben))
		found(t, index, "")
		synctest.Wait()
		assert.Equal(t, found(t, index, "summer"), "Summer")
	})
}

// A large account takes long to list when Linq is slow; only a page that does not come ends it.
func TestAListingLastsWhilePagesCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := commandstest.NewLinq(t, linqtest.Config{Chats: commandstest.ManyChats(3000)})
		w.AddChat(commandstest.Group(commandstest.Ada, commandstest.Ben))
		index := chatindex.New(chatindex.Config{Lister: w.Client, Region: "US"})
		w.Fail(linqtest.ListChats, 0, linqtest.Fault{Delay: 10 * time.Second})
		chats, err := index.Search(t.Context(), "")
		assert.NilError(t, err)
		assert.Equal(t, len(chats), 3001)

		w, index = slowIndex(t)
		w.Fail(linqtest.ListChats, 0, linqtest.Fault{Delay: time.Hour})
		began := time.Now()
		_, err = index.Search(t.Context(), "")
		assert.ErrorIs(t, err, chatindex.ErrNotListed)
		assert.Equal(t, time.Since(began), 30*time.Second)
	})
}

// lister lists chats, and ends in an error if there is one.
type lister struct {
	chats []linq.Chat
	err   error
	times int
}

func (l *lister) AllChats(context.Context, linq.ChatsQuery) iter.Seq2[linq.Chat, error] {
	l.times++
	return func(yield func(linq.Chat, error) bool) {
		for _, chat := range l.chats {
			if !yield(chat, nil) {
				return
			}
		}
		if l.err != nil {
			yield(linq.Chat{}, l.err)
		}
	}
}

func chatNamed(t *testing.T, name string) linq.Chat {
	t.Helper()
	id, err := linq.ParseChatID(commandstest.ChatID)
	assert.NilError(t, err)
	return linq.Chat{ID: id, DisplayName: name, IsGroup: true}
}

// Pages shift while they are read, so that a chat may be listed twice.
func TestAChatIsFoundOnce(t *testing.T) {
	t.Parallel()
	twice := chatNamed(t, "Twice")
	index := chatindex.New(chatindex.Config{Lister: &lister{chats: []linq.Chat{twice, twice}}})
	assert.Equal(t, found(t, index, ""), "Twice")
}

// A listing that was cut off is not begun again for each search.
func TestAListingThatWasCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lister := &lister{
			chats: []linq.Chat{chatNamed(t, "Spring launch")},
			err:   &linq.ListingError{Reason: "it has more than 1000 pages"},
		}
		index := chatindex.New(chatindex.Config{Lister: lister, Region: "US"})
		assert.Equal(t, found(t, index, "spring"), "Spring launch")
		assert.Assert(t, index.CutOff())
		time.Sleep(5 * time.Minute)
		found(t, index, "spring")
		synctest.Wait()
		assert.Equal(t, lister.times, 1)

		lister.err = nil
		time.Sleep(6 * time.Minute)
		found(t, index, "spring")
		synctest.Wait()
		assert.Equal(t, lister.times, 2)
		assert.Assert(t, !index.CutOff())

		lister.err = errors.New("no answer")
		time.Sleep(2 * time.Minute)
		found(t, index, "spring")
		synctest.Wait()
		assert.Equal(t, lister.times, 3)
		assert.Equal(t, found(t, index, "spring"), "Spring launch", "a list that was whole is kept")
		assert.Assert(t, !index.CutOff())
	})
}
