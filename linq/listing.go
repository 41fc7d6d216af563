package linq

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// Bounds of a listing. An account of 50,000 chats has 500 pages, and takes some minutes.
const (
	maxListedPages = 1000
	maxListedBytes = 256 << 20
	maxListedTime  = 10 * time.Minute
)

// ListingError says that a listing was not read to its end, since it seems to have none. What was
// listed before is right.
type ListingError struct {
	Reason string // as the end of a sentence: "it has more than 1000 pages"
}

func (e *ListingError) Error() string {
	return "linq: list chats: the listing was cut off: " + e.Reason
}

// AllChats reads page after page, each when it is needed, and stops after an error or at the end. A
// listing that goes in circles, or on and on, ends with a [*ListingError].
func (c *Client) AllChats(ctx context.Context, query ChatsQuery) iter.Seq2[Chat, error] {
	return func(yield func(Chat, error) bool) {
		reading, cancel := context.WithTimeout(ctx, maxListedTime)
		defer cancel()
		query, seen := query, map[string]bool{}
		began, bytes := time.Now(), 0
		for {
			seen[query.Cursor] = true
			page, size, err := c.chatsPage(reading, query)
			if err != nil && reading.Err() != nil && ctx.Err() == nil {
				err = &ListingError{Reason: tooSlow()}
			}
			if err != nil {
				yield(Chat{}, err)
				return
			}
			for _, chat := range page.Chats {
				if !yield(chat, nil) {
					return
				}
			}
			if page.NextCursor == "" {
				return
			}
			bytes += size
			if reason := cutOff(page, seen, bytes, time.Since(began)); reason != "" {
				yield(Chat{}, &ListingError{Reason: reason})
				return
			}
			query.Cursor = page.NextCursor
		}
	}
}

// cutOff says why the page after this one is not read; "" if it is.
func cutOff(page ChatsPage, seen map[string]bool, bytes int, took time.Duration) string {
	switch {
	case seen[page.NextCursor]:
		return "it comes back to a page that was read before"
	case page.listed == 0:
		return "a page of it is empty and names a next one"
	case len(seen) >= maxListedPages:
		return fmt.Sprintf("it has more than %d pages", maxListedPages)
	case bytes >= maxListedBytes:
		return fmt.Sprintf("it has more than %d MiB", maxListedBytes>>20)
	case took >= maxListedTime:
		return tooSlow()
	}
	return ""
}

func tooSlow() string {
	return fmt.Sprintf("it takes longer than %d minutes", maxListedTime/time.Minute)
}
