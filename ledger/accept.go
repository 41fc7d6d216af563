package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// Outcome is what became of an order.
type Outcome int

// The outcomes of an order.
const (
	Recorded    Outcome = iota // a new request
	Redelivered                // the same delivery was recorded before: the request is that one
	UnderWay                   // somebody's request for the same removal is not final yet: it is that one
)

// Acceptance is an order's outcome and the request that answers for it.
type Acceptance struct {
	Outcome Outcome
	Request Request
	Thread  Thread // where that request shows, as far as that is known
}

// Accept records orders, all or none, and returns when they are on disk. Orders that come in side
// by side are committed together. [ErrNotRecorded] means that none of them is recorded nor will be;
// [ErrDoubtful] that ctx ended while the commit itself was under way.
func (l *Ledger) Accept(ctx context.Context, orders []Order) ([]Acceptance, error) {
	a := &acceptance{orders: orders, done: make(chan struct{})}
	for range orders {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotRecorded, err)
		}
		a.ids = append(a.ids, id.String())
	}
	return l.accepting.accept(ctx, a)
}

// acceptance is a call of Accept on its way through the acceptor. Whoever moves turn away from
// waiting decides: the acceptor, and it is committed; the caller, and it never is.
type acceptance struct {
	orders  []Order
	ids     []string
	turn    atomic.Int32
	done    chan struct{}
	results []Acceptance
	err     error
}

const (
	waiting int32 = iota
	committing
	abandoned
)

func (a *acceptance) finish(err error) {
	a.err = err
	close(a.done)
}

// acceptor commits what many callers bring in one transaction: one flush of the disk for all.
type acceptor struct {
	cfg   acceptorConfig
	calls chan *acceptance
	// closing is held for reading while a call is handed over, so that close leaves none behind.
	closing sync.RWMutex
	closed  bool
	stopped chan struct{}

	insert, follow *sql.Stmt
}

type acceptorConfig struct {
	DB        *sql.DB
	Now       func() time.Time
	Committed func() // called after each commit that recorded something
}

const (
	largestBatch = 256
	// batchTime bounds one commit, so that a store that does not answer is told apart from a slow
	// one within the time that Slack gives.
	batchTime = 2 * time.Second
	// commitGrace is how long a caller whose time is up waits for a commit that is under way.
	commitGrace = 300 * time.Millisecond
	// firstShow is when a request that made no news is shown all the same.
	firstShow = 2 * time.Second
)

func newAcceptor(ctx context.Context, cfg acceptorConfig) (*acceptor, error) {
	a := &acceptor{cfg: cfg, calls: make(chan *acceptance, largestBatch), stopped: make(chan struct{})}
	var err error
	a.insert, err = cfg.DB.PrepareContext(ctx, `
		INSERT INTO requests (id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url,
			chat_id, handle, handle_key, thread_ts, undoes, state, accepted_at, expires_at, handed_over, show_by)
		SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
		WHERE NOT EXISTS (
			SELECT 1 FROM followers f JOIN requests r ON r.id = f.request_id WHERE f.delivery = ? AND r.handle_key = ?)
		ON CONFLICT DO NOTHING`)
	if err != nil {
		return nil, fmt.Errorf("prepare accepting: %w", err)
	}
	a.follow, err = cfg.DB.PrepareContext(ctx, `
		INSERT INTO followers (request_id, delivery, team_id, channel_id, user_id, response_url, at, told)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`)
	if err != nil {
		return nil, fmt.Errorf("prepare accepting: %w", err)
	}
	go a.run()
	return a, nil
}

func (a *acceptor) accept(ctx context.Context, call *acceptance) ([]Acceptance, error) {
	if err := a.enqueue(ctx, call); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	select {
	case <-call.done:
		return call.results, call.err
	case <-ctx.Done():
	}
	if call.turn.CompareAndSwap(waiting, abandoned) {
		return nil, fmt.Errorf("%w: %w", ErrNotRecorded, ctx.Err())
	}
	grace := time.NewTimer(commitGrace)
	defer grace.Stop()
	select {
	case <-call.done:
		return call.results, call.err
	case <-grace.C:
		return nil, fmt.Errorf("%w: %w", ErrDoubtful, ctx.Err())
	}
}

func (a *acceptor) enqueue(ctx context.Context, call *acceptance) error {
	a.closing.RLock()
	defer a.closing.RUnlock()
	if a.closed {
		return errors.New("the ledger is closed")
	}
	select {
	case a.calls <- call:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *acceptor) close() {
	a.closing.Lock()
	if !a.closed {
		a.closed = true
		close(a.calls)
	}
	a.closing.Unlock()
	<-a.stopped
	_ = a.insert.Close() // closed with the pool otherwise
	_ = a.follow.Close()
}

func (a *acceptor) run() {
	defer close(a.stopped)
	for first := range a.calls {
		batch := []*acceptance{first}
		for more := true; more && len(batch) < largestBatch; {
			select {
			case call, ok := <-a.calls:
				if !ok {
					more = false
					break
				}
				batch = append(batch, call)
			default:
				more = false
			}
		}
		a.commit(batch)
	}
}

// commit records a batch. A caller may give up until just before the commit; what it brought is
// then taken out and the rest is done again.
func (a *acceptor) commit(batch []*acceptance) {
	ctx, cancel := context.WithTimeout(context.Background(), batchTime)
	defer cancel()
	for len(batch) > 0 {
		staying, err := a.tryCommit(ctx, batch)
		switch {
		case err != nil:
			for _, call := range staying {
				call.finish(fmt.Errorf("%w: %w", ErrNotRecorded, err))
			}
			return
		case len(staying) == len(batch):
			for _, call := range staying {
				call.finish(nil)
			}
			a.cfg.Committed()
			return
		}
		batch = staying
	}
}

// tryCommit returns the calls that still wait. They are committed only when they are the whole
// batch and there is no error.
func (a *acceptor) tryCommit(ctx context.Context, batch []*acceptance) (staying []*acceptance, err error) {
	tx, err := a.cfg.DB.BeginTx(ctx, nil)
	if err != nil {
		return batch, err
	}
	defer func() {
		if rollback := ignoreDone(tx.Rollback()); rollback != nil && err == nil {
			err = rollback
		}
	}()
	insert, follow := tx.StmtContext(ctx, a.insert), tx.StmtContext(ctx, a.follow)
	for _, call := range batch {
		call.results = call.results[:0]
		for i, order := range call.orders {
			result, err := a.record(ctx, tx, insert, follow, call.ids[i], order)
			if err != nil {
				return batch, err
			}
			call.results = append(call.results, result)
		}
	}
	for _, call := range batch {
		if call.turn.Load() == committing || call.turn.CompareAndSwap(waiting, committing) {
			staying = append(staying, call)
		}
	}
	if len(staying) < len(batch) {
		return staying, nil
	}
	return staying, tx.Commit()
}

func (a *acceptor) record(ctx context.Context, tx *sql.Tx, insert, follow *sql.Stmt, id string, o Order) (Acceptance, error) {
	now := a.cfg.Now()
	request := Request{Order: o, ID: id, State: Accepted, AcceptedAt: now, version: 1, news: 1}
	showBy := now.Add(firstShow)
	if o.AskFor > 0 { // nothing is done, and nothing is shown, until the person has decided
		request.State, request.ExpiresAt, showBy = Asked, now.Add(o.AskFor), time.Time{}
	}
	result, err := insert.ExecContext(ctx, id, o.Delivery, o.Kind, o.Source, o.TeamID, o.ChannelID, o.UserID, o.Rule,
		o.ResponseURL.Reveal(), o.ChatID, o.Handle.Reveal(), o.handleKey(), o.ThreadTS, o.Undoes,
		request.State, micros(now), micros(request.ExpiresAt), request.State == Asked, micros(showBy),
		o.Delivery, o.handleKey())
	if err != nil {
		return Acceptance{}, err
	}
	if inserted, err := result.RowsAffected(); err != nil || inserted == 1 {
		if err == nil && o.Undoes != "" {
			err = showSoon(ctx, tx, o.Undoes, now)
		}
		return Acceptance{Outcome: Recorded, Request: request}, err
	}
	outcome := Redelivered
	request, err = queryRequest(ctx, tx, `
		WHERE handle_key = ? AND (delivery = ? OR id IN (SELECT request_id FROM followers WHERE delivery = ?))`,
		o.handleKey(), o.Delivery, o.Delivery)
	if errors.Is(err, ErrNotFound) {
		outcome = UnderWay
		request, err = queryRequest(ctx, tx,
			`WHERE chat_id = ? AND handle_key = ? AND kind = ? AND state IN ('asked', 'accepted', 'sent')`,
			o.ChatID, o.handleKey(), o.Kind)
	}
	if err != nil {
		return Acceptance{}, err
	}
	thread, err := loadThread(ctx, tx, request.Delivery)
	if err != nil {
		return Acceptance{}, err
	}
	if outcome == UnderWay {
		told := thread.Route == InThread && thread.TS != ""
		if _, err := follow.ExecContext(ctx, request.ID, o.Delivery, o.TeamID, o.ChannelID, o.UserID,
			o.ResponseURL.Reveal(), micros(now), told); err != nil {
			return Acceptance{}, err
		}
		if !told {
			// The first news may be shown by now, and whoever showed them did not see this follower.
			if _, err := tx.ExecContext(ctx, `UPDATE requests SET news = news + 1, show_by = ? WHERE id = ? AND show_by = 0`,
				micros(now), request.ID); err != nil {
				return Acceptance{}, err
			}
		}
	}
	return Acceptance{Outcome: outcome, Request: request, Thread: thread}, nil
}
