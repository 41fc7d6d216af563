package takeover

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"linqbot/ledger/internal/store/postgres/connect"
)

const (
	// lockClass tells our advisory locks from those of others in the database.
	lockClass = 0x6c696e71

	// checkEvery and checkTime bound how long an owner may not know that its session is lost: less than the server
	// takes to notice (see ownerSettings), and less than [takenOver] waits after another server took its place.
	checkEvery = 500 * time.Millisecond
	checkTime  = 3 * time.Second
)

// ownerSettings have the server notice within 12 s that the machine of an owner is gone.
func ownerSettings() map[string]string {
	return map[string]string{
		"tcp_keepalives_idle":     "5",
		"tcp_keepalives_interval": "2",
		"tcp_keepalives_count":    "3",
		"tcp_user_timeout":        "10000", // ms
	}
}

var (
	errReadOnly = errors.New("the server has become read-only")
	errNotOurs  = errors.New("the session is another one than before")
)

// owner is who runs jobs: a session that holds the advisory lock of a row in the table processes. The lock is free
// as soon as the process has ended, and others then take over its jobs.
type owner struct {
	clientID string
	session  *pgx.Conn
	pid      int64
}

// newOwner opens a session and takes the lock of a new row.
func newOwner(ctx context.Context, config *pgx.ConnConfig) (_ *owner, err error) {
	config = config.Copy()
	config.AfterConnect = connect.Then(config.AfterConnect, ownerSettings())
	o := &owner{clientID: newClientID()}
	if o.session, err = pgx.ConnectConfig(ctx, config); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			o.release()
		}
	}()
	// The row is seen by others once its lock is held.
	err = pgx.BeginFunc(ctx, o.session, func(tx pgx.Tx) error {
		var id int32
		if err := tx.QueryRow(ctx, `
			INSERT INTO processes (client_id, server) VALUES ($1, pg_postmaster_start_time())
			RETURNING id, pg_backend_pid()`, o.clientID).Scan(&id, &o.pid); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `SELECT pg_advisory_lock($1, $2)`, int32(lockClass), id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("say who runs jobs: %w", err)
	}
	return o, nil
}

// newClientID returns an id that nobody else has or had.
func newClientID() string {
	const longest = 60
	host, _ := os.Hostname() // it helps a reader of the table alone
	return host[:min(len(host), longest)] + "_" + rand.Text()
}

// watch returns when the session is lost, or ctx ends. It listens to the session all the time, so that it notices
// at once when the session is closed.
func (o *owner) watch(ctx context.Context) error {
	for {
		listening, cancel := context.WithTimeout(ctx, checkEvery)
		err := o.session.PgConn().WaitForNotification(listening)
		cancel()
		if err != nil && !pgconn.Timeout(err) {
			return err
		}
		if err := o.check(ctx); err != nil {
			return err
		}
	}
}

func (o *owner) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var pid int64
	var readOnly bool
	err := o.session.QueryRow(ctx, `SELECT pg_backend_pid(), current_setting('transaction_read_only')::boolean`).Scan(&pid, &readOnly)
	switch {
	case err != nil:
		return err
	case readOnly:
		return errReadOnly
	case pid != o.pid:
		return errNotOurs
	}
	return nil
}

// release frees the lock. A session that cannot be closed is lost anyway.
func (o *owner) release() {
	ctx, cancel := context.WithTimeout(context.Background(), connect.CloseTime)
	defer cancel()
	_ = o.session.Close(ctx)
}
