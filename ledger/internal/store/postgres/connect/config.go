// Package connect makes the connections to a PostgreSQL server: how a URL is read and which settings each session has,
// which connections have no TLS or a pooler in between, and how they are closed. It knows no tables. Begin with [Config].
package connect

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// workConnections is the size of the pool for the work, unless the URL says pool_max_conns.
	workConnections = 12
	connectTime     = 2 * time.Second
)

// CheckURL says what is wrong with a URL, without quoting its password.
func CheckURL(databaseURL string) error {
	_, err := Config(databaseURL)
	return err
}

// namesNothing finds what is left of a URL when its variables were empty. It would lead to whatever PostgreSQL's own
// defaults name.
func namesNothing(databaseURL string) bool {
	_, rest, _ := strings.Cut(databaseURL, "://")
	return strings.Trim(rest, "/:@") == ""
}

// Config reads a URL. Its error says what is wrong without quoting the password.
func Config(databaseURL string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err == nil && namesNothing(databaseURL) {
		return nil, errors.New("names neither a host nor a database: write postgres://user:password@host:5432/database")
	}
	if err != nil {
		return nil, errors.New("is no URL of a PostgreSQL database: write postgres://user:password@host:5432/database, with %-escapes in the password")
	}
	params := config.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "linqbot"
	}
	settings := sessionSettings()
	maps.DeleteFunc(settings, func(name, _ string) bool {
		return params[name] != "" || strings.Contains(params["options"], name)
	})
	// An acknowledged command is on disk, whatever the server's default is.
	delete(params, "synchronous_commit")
	settings["synchronous_commit"] = "on"
	config.ConnConfig.AfterConnect = set(settings)
	if !strings.Contains(databaseURL, "connect_timeout=") {
		config.ConnConfig.ConnectTimeout = connectTime
	}
	if !strings.Contains(databaseURL, "pool_max_conns=") {
		config.MaxConns = workConnections
	}
	return config, nil
}

// sessionSettings are those of each session, unless the URL says otherwise. With them the server frees, within half a
// minute, what a replica holds whose machine is gone: its locks on rows, and the one on the schema. No transaction of
// ours or of River's waits for anything but the server, and the lock on the schema is held outside of one.
func sessionSettings() map[string]string {
	return map[string]string{
		"idle_in_transaction_session_timeout": "10s",
		"tcp_keepalives_idle":                 "15",
		"tcp_keepalives_interval":             "5",
		"tcp_keepalives_count":                "3",
	}
}

// set makes settings once a session is there. As parameters of its start, PgBouncer would refuse them, or leave
// them out.
func set(settings map[string]string) pgconn.AfterConnectFunc {
	var statements strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		statements.WriteString("SET " + name + " = '" + settings[name] + "';")
	}
	return func(ctx context.Context, session *pgconn.PgConn) error {
		return session.Exec(ctx, statements.String()).Close()
	}
}

// Then makes more settings after those that are made anyway.
func Then(before pgconn.AfterConnectFunc, settings map[string]string) pgconn.AfterConnectFunc {
	more := set(settings)
	return func(ctx context.Context, session *pgconn.PgConn) error {
		if err := before(ctx, session); err != nil {
			return err
		}
		return more(ctx, session)
	}
}
