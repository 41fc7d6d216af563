package connect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// errPoolsTransactions says that there is no session to rely on: not for locks, and not for what LISTEN hears.
var errPoolsTransactions = errors.New("a connection pooler gives each transaction another session of the server, " +
	"and linqbot needs sessions of its own: set the pooler to session mode (in PgBouncer pool_mode = session), or connect to PostgreSQL directly")

// RefusePooledTransactions returns an error unless a session stays with its client. A pooler that works by transactions
// gives the session to others between two of them. To find out, other clients begin transactions and hold them. In that
// mode one of them gets the session of the first client, or the first client finds itself in another one.
//
// It sets nothing, since a setting could stay in a session of others.
func RefusePooledTransactions(ctx context.Context, config *pgconn.Config) (err error) {
	const tries, asks, patience = 4, 25, 2 * time.Second
	config = config.Copy()
	config.AfterConnect, config.ValidateConnect = nil, nil
	first, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("the database cannot be reached: %w", err)
	}
	defer func() { err = errors.Join(err, first.Close(context.WithoutCancel(ctx))) }()
	const ask = `SELECT pg_backend_pid()`
	pid, err := answer(ctx, first, ask)
	if err != nil || pid == fmt.Sprint(first.PID()) { // a pooler makes up a number for the client
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for range tries {
		other, err := pgconn.ConnectConfig(ctx, config)
		if err != nil {
			return nil // the pooler has no session left, which says nothing of its mode
		}
		defer func() { _ = other.Close(context.WithoutCancel(ctx)) }() //nolint:gocritic // they are held until all is known
		theirs, err := answer(ctx, other, `BEGIN; `+ask)
		if isProtocolViolation(err) { // it gives each statement another session, and takes no transactions
			return errPoolsTransactions
		}
		if err != nil {
			return nil // as above
		}
		if theirs == pid {
			return errPoolsTransactions
		}
		for range asks { // where others use the pooler, chance may give the same session again
			now, err := answer(ctx, first, ask)
			if err != nil {
				return fmt.Errorf("see whether a pooler keeps sessions: %w", err)
			}
			if now != pid {
				return errPoolsTransactions
			}
		}
	}
	return nil
}

// answer returns the one value of the last statement.
func answer(ctx context.Context, session *pgconn.PgConn, statements string) (string, error) {
	results, err := session.Exec(ctx, statements).ReadAll()
	if err != nil {
		return "", err
	}
	return string(results[len(results)-1].Rows[0][0]), nil
}

func isProtocolViolation(err error) bool {
	said, ok := errors.AsType[*pgconn.PgError](err)
	return ok && said.Code == "08P01"
}
