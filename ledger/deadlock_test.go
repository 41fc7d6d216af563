package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func connectTo(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	assert.NilError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) }) // nothing depends on it
	return conn
}

func count(t testing.TB, conn *pgx.Conn, query string) (n int) {
	t.Helper()
	assert.NilError(t, conn.QueryRow(t.Context(), query).Scan(&n))
	return n
}

const (
	sessionsThatWait = `SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
	deadlocks        = `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`
	othersThatAreOn  = `SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
)

// byHand asks for removals of a batch, in the order in which they are given.
func byHand(delivery string, chats ...int) []ledger.Order {
	orders := make([]ledger.Order, len(chats))
	for i, chat := range chats {
		orders[i] = order(fmt.Sprintf("%s-%d", delivery, chat), "+14155550132")
		orders[i].ChatID, orders[i].UserID = chatNumber(chat), "U2"
	}
	return orders
}

// A press on Stop and somebody who asks for a removal of the same batch touch the same rows. Here the one who asks has
// locked the request, and waits before the batch is to be shown anew, while the batch is stopped.
func TestAStopAndAFollowerDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	url := ledgertest.Postgres(t)
	l, other := open(t, url), open(t, url)
	b := confirmed(t, l, "D1", 1)
	watching, holding := connectTo(t, url), connectTo(t, url)

	// The same row of a follower keeps theirs waiting until this one is rolled back.
	tx, err := holding.Begin(t.Context())
	assert.NilError(t, err)
	_, err = tx.Exec(t.Context(), `INSERT INTO followers (request_id, delivery, team_id, channel_id, user_id, response_url, at, told)
		VALUES ($1, 'by hand-1', '', '', '', '', 0, FALSE)`, firstRequest(t, l, b).ID)
	assert.NilError(t, err)
	followed, stopped := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := other.Accept(t.Context(), byHand("by hand", 1))
		followed <- err
	}()
	await(t, "the follower to wait", func() bool { return count(t, watching, sessionsThatWait) == 1 })
	go func() {
		_, _, err := l.DecideBatch(t.Context(), b.ID, ledger.StopBatch, "U1", ledger.Limits{})
		stopped <- err
	}()
	await(t, "the stop to wait", func() bool { return count(t, watching, sessionsThatWait) == 2 })
	assert.NilError(t, tx.Rollback(t.Context()))
	assert.NilError(t, <-followed)
	assert.NilError(t, <-stopped)
	assert.Equal(t, progress(t, l, b).States[ledger.Cancelled], 1)
}

// Whatever locks several rows does so in one order, so that PostgreSQL never has to end a deadlock.
func TestNoTwoWaitForEachOther(t *testing.T) {
	t.Parallel()
	const rounds, chats = 12, 6
	for name, race := range map[string]func(t *testing.T, replicas []*ledger.Ledger, number int) []func() error{
		"a batch is fed and stopped while others ask for the same": func(t *testing.T, replicas []*ledger.Ledger, number int) (all []func() error) {
			round := fmt.Sprintf("round %d", number)
			b := decide(t, replicas[0], proposed(t, replicas[0], round, chats).ID, ledger.ConfirmBatch)
			for i, l := range replicas {
				all = append(all,
					func() error { return l.FeedOnce(t.Context(), b) },
					func() error { return l.FeedOnce(t.Context(), b) },
					func() error {
						_, err := l.Accept(t.Context(), byHand(fmt.Sprintf("%s, replica %d", round, i), 6, 1, 3, 2, 5, 4))
						return err
					},
					func() error {
						_, _, err := l.DecideBatch(t.Context(), b.ID, ledger.StopBatch, "U1", ledger.Limits{})
						return err
					})
			}
			return all
		},
		"a question is answered, and its requests end, while others ask for the same": func(t *testing.T, replicas []*ledger.Ledger, number int) (all []func() error) {
			round := fmt.Sprintf("round %d", number)
			var asked []ledger.Order
			for i := range chats {
				o := order(round, fmt.Sprintf("+1415555%02d%02d", number, chats-i))
				o.ConfirmFor = time.Minute
				asked = append(asked, o)
			}
			ids := accept(t, replicas[0], asked...)
			for i, l := range replicas {
				all = append(all, func() error {
					again := slices.Clone(asked)
					for j := range again {
						again[j].Delivery = fmt.Sprintf("%s, replica %d", round, i)
					}
					_, err := l.Accept(t.Context(), again)
					return err
				}, func() error {
					if _, _, err := l.Decide(t.Context(), round, true, "confirmed"); err != nil {
						return err
					}
					for _, a := range ids {
						if err := end(t.Context(), l, a.Request.ID, ledger.Removed); err != nil && !errors.Is(err, ledger.ErrStale) {
							return err
						}
					}
					return nil
				})
			}
			return all
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := ledgertest.Postgres(t)
			replicas := []*ledger.Ledger{openURL(t, url), openURL(t, url)}
			for _, l := range replicas {
				start(t, l, ledger.Workers{})
			}
			for i := range rounds {
				var all sync.WaitGroup
				for _, do := range race(t, replicas, i) {
					all.Go(func() {
						if err := do(); err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
			}
			for _, l := range replicas {
				stop(t, l)
				assert.NilError(t, l.Close())
			}
			// A session that has ended has told of its deadlocks: also of those after which the ledger tried again.
			watching := connectTo(t, url)
			await(t, "the sessions to end", func() bool { return count(t, watching, othersThatAreOn) == 0 })
			assert.Equal(t, count(t, watching, deadlocks), 0)
		})
	}
}
