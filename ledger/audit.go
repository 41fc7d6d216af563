package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"
)

// AuditFilter chooses the rows of an audit; a zero field chooses all.
type AuditFilter struct {
	Since  time.Time // when it was asked for
	Until  time.Time // before this
	UserID string
	ChatID string
	Handle Private // compared without regard to case
	State  State   // [Denied] chooses the denials
}

// AuditRow is one request, or one denial, and what became of it.
type AuditRow struct {
	Request           // of a denial: who, where and when, with the state [Denied] and why as its rule
	TraceIDs []string // Linq's, in the order in which they came
	Thread   Thread   // where it showed
}

const auditPage = 500

// Audit returns the chosen rows, oldest first.
func (r *Reader) Audit(ctx context.Context, f AuditFilter) iter.Seq2[AuditRow, error] {
	return func(yield func(AuditRow, error) bool) {
		nextDenial, stop := iter.Pull2(r.denials(ctx, f))
		defer stop()
		denial, err, more := nextDenial()
		for row, rowErr := range r.requests(ctx, f) {
			for ; more && rowErr == nil && !denial.AcceptedAt.After(row.AcceptedAt); denial, err, more = nextDenial() {
				if !yield(denial, err) || err != nil {
					return
				}
			}
			if !yield(row, rowErr) || rowErr != nil {
				return
			}
		}
		for ; more; denial, err, more = nextDenial() {
			if !yield(denial, err) || err != nil {
				return
			}
		}
	}
}

// clauses gathers conditions and their values.
type clauses struct {
	conditions []string
	args       []any
}

// add takes a condition with %s in the place of each placeholder.
func (c *clauses) add(condition string, args ...any) {
	placeholders := make([]any, len(args))
	for i, arg := range args {
		c.args = append(c.args, arg)
		placeholders[i] = fmt.Sprintf("$%d", len(c.args))
	}
	c.conditions = append(c.conditions, fmt.Sprintf(condition, placeholders...))
}

func (c *clauses) String() string { return "WHERE " + strings.Join(c.conditions, " AND ") }

func (r *Reader) requests(ctx context.Context, f AuditFilter) iter.Seq2[AuditRow, error] {
	return func(yield func(AuditRow, error) bool) {
		if f.State == Denied {
			return
		}
		after := ""
		if !f.Since.IsZero() {
			after = firstID(f.Since.Add(-time.Hour)) // ids are in the order of time, as the clocks of the replicas have it
		}
		for {
			where := f.where(after)
			requests, err := queryRequests(ctx, r.q, where.String()+fmt.Sprintf(" ORDER BY id LIMIT %d", auditPage), where.args...)
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

func (f AuditFilter) where(after string) *clauses {
	var c clauses
	c.add("id > %s", after)
	if !f.Since.IsZero() {
		c.add("accepted_at >= %s", micros(f.Since))
	}
	if !f.Until.IsZero() {
		c.add("accepted_at < %s", micros(f.Until))
	}
	if f.UserID != "" {
		c.add("user_id = %s", f.UserID)
	}
	if f.ChatID != "" {
		c.add("chat_id = %s", f.ChatID)
	}
	if key := (Order{Handle: f.Handle}).handleKey(); key != "" {
		c.add("handle_key = %s", key)
	}
	if f.State != "" {
		c.add("state = %s", string(f.State))
	}
	return &c
}

// denials are in no chat and about nobody. They are read in pages too: a cursor that is open for as long
// as somebody reads the audit would keep a connection, and SQLite's log from being taken into the file.
func (r *Reader) denials(ctx context.Context, f AuditFilter) iter.Seq2[AuditRow, error] {
	return func(yield func(AuditRow, error) bool) {
		if f.ChatID != "" || f.Handle.Reveal() != "" || f.State != "" && f.State != Denied {
			return
		}
		at, id := micros(f.Since), int64(0)
		for {
			var c clauses
			c.add("(at, id) > (%s, %s)", at, id)
			if !f.Until.IsZero() {
				c.add("at < %s", micros(f.Until))
			}
			if f.UserID != "" {
				c.add("user_id = %s", f.UserID)
			}
			rows, last, err := r.queryDenials(ctx, c.String()+fmt.Sprintf(" ORDER BY at, id LIMIT %d", auditPage), c.args)
			if err != nil {
				yield(AuditRow{}, fmt.Errorf("load denials: %w", err))
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if len(rows) < auditPage {
				return
			}
			at, id = micros(rows[len(rows)-1].AcceptedAt), last
		}
	}
}

// queryDenials also returns the id of the last one.
func (r *Reader) queryDenials(ctx context.Context, where string, args []any) (rows []AuditRow, last int64, err error) {
	found, err := r.q.query(ctx, `SELECT id, at, source, team_id, channel_id, user_id, rule FROM denials `+where, args...)
	if err != nil {
		return nil, 0, err
	}
	defer found.Close()
	for found.Next() {
		row := AuditRow{Request: Request{State: Denied}}
		var at int64
		if err := found.Scan(&last, &at, &row.Source, &row.TeamID, &row.ChannelID, &row.UserID, &row.Rule); err != nil {
			return nil, 0, err
		}
		row.AcceptedAt = fromMicros(at)
		rows = append(rows, row)
	}
	return rows, last, found.Err()
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
	found, err := r.q.query(ctx, `
		SELECT request_id, trace_id FROM history WHERE trace_id <> '' AND request_id `+r.dialect.inList("$1")+` ORDER BY id`, string(list))
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
	found, err := r.q.query(ctx, selectThreads+`WHERE delivery `+r.dialect.inList("$1"), string(list))
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
