package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/trail"
)

// AuditFilter chooses the rows of an audit; a zero field chooses all.
type AuditFilter struct {
	Since  time.Time // when it was asked for
	Until  time.Time // before this
	UserID string
	ChatID string
	Handle Secret // compared without regard to case
	State  State  // [Denied] chooses the denials, [Read] the readings, [Paused] and [Resumed] the turns of the switch
	ID     string // of a request
}

// AuditRow is one request and what became of it, or one denial, reading or turn of the switch.
type AuditRow struct {
	Request           // of what is no request: who, where and when, with [Denied], [Read], [Paused] or [Resumed], and the rule
	TraceIDs []string // Linq's, in the order in which they came
	Thread   Thread   // where it showed
	Searched string   // of a reading: the words, masked
	LeftOut  int64    // of a denial or a reading: how many like it have no row, since the one before
}

const auditPage = 500

// Audit returns the chosen rows, oldest first.
func (r *Reader) Audit(ctx context.Context, f AuditFilter) iter.Seq2[AuditRow, error] {
	return inOrder(r.notes(ctx, f, trail.Paused), r.notes(ctx, f, trail.Resumed), r.notes(ctx, f, trail.Denied), r.notes(ctx, f, trail.Read), r.requests(ctx, f))
}

// inOrder merges rows that are in the order of time each; of one moment the first source goes first. An
// error comes with a row of no time, so it goes before all.
func inOrder(sources ...iter.Seq2[AuditRow, error]) iter.Seq2[AuditRow, error] {
	type head struct {
		row  AuditRow
		err  error
		more bool
		next func() (AuditRow, error, bool)
		stop func()
	}
	return func(yield func(AuditRow, error) bool) {
		all := make([]*head, len(sources))
		defer func() {
			for _, h := range all {
				h.stop()
			}
		}()
		for i, source := range sources {
			all[i] = &head{}
			all[i].next, all[i].stop = iter.Pull2(source)
		}
		heads := slices.Clone(all)
		for _, h := range heads {
			h.row, h.err, h.more = h.next()
		}
		for {
			heads = slices.DeleteFunc(heads, func(h *head) bool { return !h.more })
			if len(heads) == 0 {
				return
			}
			first := slices.MinFunc(heads, func(a, b *head) int { return a.row.AcceptedAt.Compare(b.row.AcceptedAt) })
			if !yield(first.row, first.err) || first.err != nil {
				return
			}
			first.row, first.err, first.more = first.next()
		}
	}
}

// notes returns those of the rows that are of a kind and no requests. They are about nobody.
func (r *Reader) notes(ctx context.Context, f AuditFilter, kind trail.Kind) iter.Seq2[AuditRow, error] {
	return func(yield func(AuditRow, error) bool) {
		if f.ID != "" || f.Handle.Value() != "" || f.State != "" && f.State != State(kind) {
			return
		}
		chosen := trail.Filter{Since: f.Since, Until: f.Until, UserID: f.UserID, ChatID: f.ChatID}
		for note, err := range trail.Rows(ctx, r.q, kind, chosen) {
			if !yield(auditRowOf(note), err) {
				return
			}
		}
	}
}

func auditRowOf(note trail.Row) AuditRow {
	return AuditRow{
		Request: Request{
			Order: Order{
				Source: Source(note.Source), TeamID: note.TeamID, ChannelID: note.ChannelID, UserID: note.UserID,
				Rule: note.Rule, ChatID: note.ChatID,
			},
			State: State(note.Kind), AcceptedAt: note.At, Reason: note.Reason,
		},
		Searched: note.Searched, LeftOut: note.LeftOut,
	}
}

func (r *Reader) requests(ctx context.Context, f AuditFilter) iter.Seq2[AuditRow, error] {
	return func(yield func(AuditRow, error) bool) {
		switch f.State {
		case Denied, Read, Paused, Resumed:
			return
		}
		after := ""
		if !f.Since.IsZero() {
			after = firstID(f.Since.Add(-time.Hour)) // ids are in the order of time, as the clocks of the replicas have it
		}
		for {
			where := f.where(after)
			requests, err := queryRequests(ctx, r.q, where.String()+fmt.Sprintf(" ORDER BY id LIMIT %d", auditPage), where.Args...)
			if err != nil {
				yield(AuditRow{}, err)
				return
			}
			if len(requests) == 0 {
				return
			}
			rows, err := r.complete(ctx, requests)
			if err != nil {
				yield(AuditRow{}, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			after = requests[len(requests)-1].ID
		}
	}
}

func (f AuditFilter) where(after string) *store.Where {
	var c store.Where
	c.Add("id > %s", after)
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
	if key := (Order{Handle: f.Handle}).handleKey(); key != "" {
		c.Add("handle_key = %s", key)
	}
	if f.ID != "" {
		c.Add("id = %s", f.ID)
	}
	if f.State != "" {
		c.Add("state = %s", string(f.State))
	}
	return &c
}

// firstID comes before every id of a request that was recorded at a moment or later: ids are UUIDs
// of version 7, which begin with the milliseconds since 1970. Source: RFC 9562, section 5.7.
func firstID(at time.Time) string {
	ms := fmt.Sprintf("%012x", max(at.UnixMilli(), 0))
	return ms[:8] + "-" + ms[8:]
}

// complete adds to requests what the ledger holds of them elsewhere.
func (r *Reader) complete(ctx context.Context, requests []Request) ([]AuditRow, error) {
	rows := make([]AuditRow, len(requests))
	ids, deliveries := make([]string, len(requests)), make([]string, len(requests))
	for i, request := range requests {
		rows[i] = AuditRow{Request: request}
		ids[i], deliveries[i] = request.ID, request.Delivery
	}
	traces, err := r.traceIDs(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("load trace ids: %w", err)
	}
	threads, err := r.threads(ctx, deliveries)
	if err != nil {
		return nil, fmt.Errorf("load threads: %w", err)
	}
	for i := range rows {
		rows[i].TraceIDs, rows[i].Thread = traces[ids[i]], threads[deliveries[i]]
	}
	return rows, nil
}

// traceIDs returns those of each request, one that follows itself once.
func (r *Reader) traceIDs(ctx context.Context, requestIDs []string) (map[string][]string, error) {
	list, err := json.Marshal(requestIDs)
	if err != nil {
		return nil, err
	}
	found, err := r.q.Query(ctx, `
		SELECT request_id, trace_id FROM history WHERE trace_id <> '' AND request_id `+r.dialect.InList("$1")+` ORDER BY id`, string(list))
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

// threads returns where each delivery shows; one that shows nowhere has the zero Thread with its name.
func (r *Reader) threads(ctx context.Context, deliveries []string) (map[string]Thread, error) {
	list, err := json.Marshal(deliveries)
	if err != nil {
		return nil, err
	}
	found, err := r.q.Query(ctx, selectThreads+`WHERE delivery `+r.dialect.InList("$1"), string(list))
	if err != nil {
		return nil, err
	}
	defer found.Close()
	threads := make(map[string]Thread)
	for _, delivery := range deliveries {
		threads[delivery] = Thread{Delivery: delivery}
	}
	for found.Next() {
		thread, err := scanThread(found)
		if err != nil {
			return nil, err
		}
		threads[thread.Delivery] = thread
	}
	return threads, found.Err()
}
