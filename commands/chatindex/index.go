package chatindex

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"linqbot/commands/internal/stale"
	"linqbot/linq"
)

// errNotListed says that the account's chats are not known yet: Linq is slow, or does not answer.
var errNotListed = errors.New("commands: the chats are not known yet")

// Lister lists the account's chats.
type Lister interface {
	AllChats(ctx context.Context, query linq.ChatsQuery) iter.Seq2[linq.Chat, error]
}

// Index finds group chats by what people remember of them. Linq can list chats but not search
// them, so the index keeps the list, and answers from it while it is renewed in the background.
type Index struct {
	cfg     Config
	listing *stale.Value[listing]
}

// listing is what one listing of the account's chats brought.
type listing struct {
	groups []*listedChat // the newest first
	cut    bool          // it was cut off: there may be more chats
}

// Config is what an [Index] needs.
type Config struct {
	Lister Lister
	Region string           // for numbers without a country code
	Fresh  time.Duration    // how old the list may be before it is renewed; defaults to a minute
	Now    func() time.Time // defaults to time.Now
}

// New returns an empty index; [Index.Fill] or the first who asks fills it.
func New(cfg Config) *Index {
	if cfg.Fresh == 0 {
		cfg.Fresh = time.Minute
	}
	x := &Index{cfg: cfg}
	x.listing = stale.New(stale.Config[listing]{Fetch: x.list, Fresh: x.fresh, Now: cfg.Now})
	return x
}

// Search returns the group chats that match all the words, the newest first. A word matches a chat's name, part of a
// number in the chat, or the beginning of the chat's id. A whole number or e-mail address, as people write it, finds
// the chats that its owner is in. No words match every group. A caller that comes before there is a list waits for it
// until ctx ends, then gets [errNotListed].
func (x *Index) Search(ctx context.Context, words string) ([]linq.Chat, error) {
	listing, err := x.listing.Get(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotListed, err)
	}
	match := readSearch(words, x.cfg.Region)
	var found []linq.Chat
	for _, group := range listing.groups {
		if match(group) {
			found = append(found, group.chat)
		}
	}
	return found, nil
}

// All returns every group chat, the newest first, of a listing that begins after the call, and whether it was cut off.
// It waits for the listing until ctx ends.
func (x *Index) All(ctx context.Context) (groups []linq.Chat, cut bool, err error) {
	listing, err := x.listing.GetNew(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", errNotListed, err)
	}
	for _, group := range listing.groups {
		groups = append(groups, group.chat)
	}
	return groups, listing.cut, nil
}

// Name returns the name of a group chat that is in the list, "" for any other. It neither waits for the list nor
// renews it. An index that is nil knows no name.
func (x *Index) Name(id linq.ChatID) string {
	if x == nil {
		return ""
	}
	kept, _ := x.listing.Kept()
	if at := kept.find(id); at >= 0 {
		return kept.groups[at].chat.DisplayName
	}
	return ""
}

// CutOff reports whether Linq's listing had no end that linqbot waited for, so that [Index.Search]
// may miss chats.
func (x *Index) CutOff() bool {
	listing, _ := x.listing.Kept()
	return listing.cut
}

// fresh is how long a listing stands before it is renewed. One that was cut off took long, and would
// again.
func (x *Index) fresh(l listing) time.Duration {
	const long = 10 * time.Minute
	if l.cut {
		return max(x.cfg.Fresh, long)
	}
	return x.cfg.Fresh
}

// list lists the chats. A large account has many pages, so it takes the time it needs while pages come.
func (x *Index) list(ctx context.Context) (listing, error) {
	const patience = 30 * time.Second // with one page
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	waiting := time.AfterFunc(patience, cancel)
	defer waiting.Stop()
	var all listing
	seen := make(map[linq.ChatID]bool) // a chat may move to the next page while this one is read
	for chat, err := range x.cfg.Lister.AllChats(ctx, linq.ChatsQuery{Limit: linq.MaxChatsLimit}) {
		if _, all.cut = errors.AsType[*linq.ListingError](err); all.cut {
			break
		}
		if err != nil {
			return listing{}, fmt.Errorf("list chats: %w", err)
		}
		waiting.Reset(patience)
		if !chat.OneToOne() && !seen[chat.ID] {
			seen[chat.ID] = true
			all.groups = append(all.groups, asSearched(chat))
		}
	}
	all.sort()
	return all, nil
}

// sort puts the newest first.
func (l listing) sort() {
	slices.SortStableFunc(l.groups, func(a, c *listedChat) int { return c.chat.UpdatedAt.Compare(a.chat.UpdatedAt) })
}
