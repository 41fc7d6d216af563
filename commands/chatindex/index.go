package chatindex

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"linqbot/linq"
)

// ErrNotListed says that the account's chats are not known yet: Linq is slow, or does not answer.
var ErrNotListed = errors.New("commands: the chats are not known yet")

// Lister lists the account's chats.
type Lister interface {
	AllChats(ctx context.Context, query linq.ChatsQuery) iter.Seq2[linq.Chat, error]
}

// Index finds group chats by what people remember of them. Linq can list chats but not search
// them, so the book keeps the list, and answers from it while it is renewed behind the scenes.
type Index struct {
	cfg Config

	mu     sync.Mutex
	groups []listedChat // the newest first
	at     time.Time    // when the listing began; zero until there is one
	cut    bool         // it was cut off: there may be more chats
	flight singleflight.Group
}

// Config is what an [Index] needs.
type Config struct {
	Lister Lister
	Region string           // for numbers without a country code
	Fresh  time.Duration    // how old the list may be before it is renewed; 0: a minute
	Now    func() time.Time // nil: time.Now
}

// New returns an empty book; the first who asks fills it.
func New(cfg Config) *Index {
	if cfg.Fresh == 0 {
		cfg.Fresh = time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Index{cfg: cfg}
}

// Search returns the group chats that match all the words, the newest first. A word is found in a
// chat's name, as part of the number of someone in the chat, or as the beginning of the chat's id;
// a number or an e-mail address as people write it finds the chats that its owner is in. No words
// match every group. Who asks before there is a list waits for it until ctx ends, then gets
// [ErrNotListed].
func (b *Index) Search(ctx context.Context, words string) ([]linq.Chat, error) {
	groups, err := b.list(ctx)
	if err != nil {
		return nil, err
	}
	match := readSearch(words, b.cfg.Region)
	var found []linq.Chat
	for _, group := range groups {
		if match(group) {
			found = append(found, group.chat)
		}
	}
	return found, nil
}

// longListing is how long a listing that was cut off stands: it took long, and would again.
const longListing = 10 * time.Minute

// CutOff reports whether Linq's listing had no end that linqbot waited for, so that [Index.Search]
// may miss chats.
func (b *Index) CutOff() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cut
}

func (b *Index) list(ctx context.Context) ([]listedChat, error) {
	b.mu.Lock()
	groups, at, fresh := b.groups, b.at, b.cfg.Fresh
	if b.cut {
		fresh = max(fresh, longListing)
	}
	b.mu.Unlock()
	if !at.IsZero() {
		if b.cfg.Now().Sub(at) > fresh {
			b.renew(ctx)
		}
		return groups, nil
	}
	select {
	case result := <-b.renew(ctx):
		if result.Err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotListed, result.Err)
		}
		groups, _ := result.Val.([]listedChat)
		return groups, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrNotListed, ctx.Err())
	}
}

// renew lists the chats once for all who wait, and goes on when they have gone. A large account has
// many pages, so it takes the time it needs while pages come.
func (b *Index) renew(ctx context.Context) <-chan singleflight.Result {
	return b.flight.DoChan("", func() (any, error) {
		const patience = 30 * time.Second // with one page
		ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		defer cancel()
		waiting := time.AfterFunc(patience, cancel)
		defer waiting.Stop()
		began := b.cfg.Now()
		var groups []listedChat
		cut := false
		seen := make(map[linq.ChatID]bool) // a chat may move to the next page while this one is read
		for chat, err := range b.cfg.Lister.AllChats(ctx, linq.ChatsQuery{Limit: linq.MaxChatsLimit}) {
			if _, cut = errors.AsType[*linq.ListingError](err); cut {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("list chats: %w", err)
			}
			waiting.Reset(patience)
			if chat.IsGroup && !seen[chat.ID] {
				seen[chat.ID] = true
				groups = append(groups, asSearched(chat))
			}
		}
		slices.SortStableFunc(groups, func(a, c listedChat) int { return c.chat.UpdatedAt.Compare(a.chat.UpdatedAt) })
		b.mu.Lock()
		defer b.mu.Unlock()
		b.groups, b.at, b.cut = groups, began, cut
		return groups, nil
	})
}
