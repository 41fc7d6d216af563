package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"linqbot/ledger"
	"linqbot/ledger/internal/store"
)

// lookAmong bounds how many requests are looked at for one page. No index holds what people may look for, so a search
// for something rare would otherwise read all requests.
const lookAmong = 2000

// Page is some of the requests, the newest first.
type Page struct {
	Requests []ledger.Request
	Next     string // the id before which to go on; "" at the end of the ledger
}

// Search is what a page has.
type Search struct {
	Filter                            // no field about batches, denials or readings
	Matches func(ledger.Request) bool // Optional; what the filter cannot ask for.
	Before  string                    // the [Page.Next] of the page before; "" for the first
	Most    int
}

// Newest returns the newest requests that are looked for. It may return fewer than there are: it looks at a bounded
// number of requests, and [Page.Next] goes on where it ended.
func Newest(ctx context.Context, in *ledger.Reader, s Search) (Page, error) {
	last, err := lastOfWindow(ctx, in.Store().Reader(), s.Before)
	if err != nil {
		return Page{}, fmt.Errorf("look how far to look: %w", err)
	}
	page, before := Page{Next: last}, s.Before
	for {
		const together = 500
		chunk := s.Most + 1
		if s.Matches != nil {
			chunk = together
		}
		found, err := in.Requests(ctx, s.window(last, before), "id DESC", chunk)
		if err != nil {
			return Page{}, err
		}
		for _, r := range found {
			switch {
			case s.Matches != nil && !s.Matches(r):
			case len(page.Requests) == s.Most:
				page.Next = page.Requests[s.Most-1].ID
				return page, nil
			default:
				page.Requests = append(page.Requests, r)
			}
		}
		if len(found) < chunk {
			return page, nil
		}
		before = found[len(found)-1].ID
	}
}

// window chooses among the requests from last on, and before another.
func (s Search) window(last, before string) *store.Where {
	var c store.Where
	c.Add("id >= %s", last)
	if before != "" {
		c.Add("id < %s", before)
	}
	s.addTo(&c)
	return &c
}

// lastOfWindow returns the id of the last request to look at; "" where all that are left are looked at.
func lastOfWindow(ctx context.Context, in store.Querier, before string) (string, error) {
	query, args := lastQuery(before)
	var last string
	err := in.QueryRow(ctx, query, args...).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return last, err
}

func lastQuery(before string) (query string, args []any) {
	var c store.Where
	c.Add("id > %s", "")
	if before != "" {
		c.Add("id < %s", before)
	}
	return fmt.Sprintf(`SELECT id FROM requests %s ORDER BY id DESC LIMIT 1 OFFSET %d`, &c, lookAmong-1), c.Args
}
