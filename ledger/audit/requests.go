package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"golang.org/x/text/cases"

	"linqbot/ledger"
	"linqbot/ledger/internal/store"
)

const page = 500

// requests returns the rows that are requests.
func requests(ctx context.Context, in *ledger.Reader, f Filter) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		switch f.State {
		case ledger.Denied, ledger.Read, ledger.RemovalsPaused, ledger.RemovalsResumed:
			return
		}
		contains := f.contains()
		after := ""
		if !f.Since.IsZero() {
			after = store.FirstID(f.Since.Add(-time.Hour)) // ids are in the order of time, as the clocks of the replicas have it
		}
		for {
			found, err := in.Requests(ctx, f.where(after), "id", page)
			if err != nil {
				yield(Row{}, err)
				return
			}
			if len(found) == 0 {
				return
			}
			rows, err := complete(ctx, in, found)
			if err != nil {
				yield(Row{}, err)
				return
			}
			for _, row := range rows {
				if contains(row.Because) && !yield(row, nil) {
					return
				}
			}
			after = found[len(found)-1].ID
		}
	}
}

func (f Filter) where(after string) *store.Where {
	var c store.Where
	c.Add("id > %s", after)
	f.addTo(&c)
	return &c
}

// addTo adds what the filter asks for.
func (f Filter) addTo(c *store.Where) {
	if !f.Since.IsZero() {
		c.Add("accepted_at >= %s", store.Micros(f.Since))
	}
	if !f.Until.IsZero() {
		c.Add("accepted_at < %s", store.Micros(f.Until))
	}
	if f.UserID != "" {
		c.Add("user_id = %s", f.UserID)
	}
	if f.ChatID != "" {
		c.Add("chat_id = %s", f.ChatID)
	}
	if key := (ledger.Order{Handle: f.Handle}).HandleKey(); key != "" {
		c.Add("handle_key = %s", key)
	}
	if f.ID != "" {
		c.Add("id = %s", f.ID)
	}
	if f.Because != "" { // the stores fold letters in ways of their own
		c.Add("because <> %s", "")
	}
	if f.State != "" {
		c.Add("state = %s", string(f.State))
	}
}

// contains returns whether a reason contains what is looked for.
func (f Filter) contains() func(because string) bool {
	if f.Because == "" {
		return func(string) bool { return true }
	}
	fold := cases.Fold()
	sought := fold.String(f.Because)
	return func(because string) bool { return strings.Contains(fold.String(because), sought) }
}

// complete adds to requests what the ledger holds of them elsewhere.
func complete(ctx context.Context, in *ledger.Reader, requests []ledger.Request) ([]Row, error) {
	rows := make([]Row, len(requests))
	ids, deliveries := make([]string, len(requests)), make([]string, len(requests))
	for i, request := range requests {
		rows[i] = Row{Request: request}
		ids[i], deliveries[i] = request.ID, request.ShownAs()
	}
	traces, err := traceIDs(ctx, in.Store(), ids)
	if err != nil {
		return nil, fmt.Errorf("load trace ids: %w", err)
	}
	threads, err := in.Threads(ctx, deliveries)
	if err != nil {
		return nil, fmt.Errorf("load threads: %w", err)
	}
	for i := range rows {
		rows[i].TraceIDs, rows[i].Thread = traces[ids[i]], threads[deliveries[i]]
	}
	return rows, nil
}

// traceIDs returns those of each request, one that follows itself once.
func traceIDs(ctx context.Context, in store.ReadOnly, requestIDs []string) (map[string][]string, error) {
	list, err := json.Marshal(requestIDs)
	if err != nil {
		return nil, err
	}
	found, err := in.Reader().Query(ctx, `
		SELECT request_id, trace_id FROM history WHERE trace_id <> '' AND request_id `+in.Dialect().InList("$1")+` ORDER BY id`, string(list))
	if err != nil {
		return nil, err
	}
	defer found.Close()
	traces := make(map[string][]string)
	for found.Next() {
		var id, trace string
		if err := found.Scan(&id, &trace); err != nil {
			return nil, err
		}
		if known := traces[id]; len(known) == 0 || known[len(known)-1] != trace {
			traces[id] = append(known, trace)
		}
	}
	return traces, found.Err()
}
