package stage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// scratch is a database that is made for this stage, and dropped at its end.
type scratch struct {
	server string // the URL of the database from which it is made
	name   string
	url    string
}

// newScratch makes one on the server that a URL names. The database of the URL itself is left alone: the bot would go
// on with what it finds there.
func newScratch(ctx context.Context, server string) (*scratch, error) {
	at, err := url.Parse(server)
	if err != nil {
		return nil, errors.New("DATABASE_URL is no URL") // which may hold a password
	}
	s := &scratch{server: server, name: "linqbot_playground_" + strings.ToLower(rand.Text())}
	at.Path = "/" + s.name
	s.url = at.String()
	if err := s.run(ctx, "CREATE DATABASE "+s.name); err != nil {
		return nil, fmt.Errorf("make a database on the server of DATABASE_URL: %w", err)
	}
	return s, nil
}

func (s *scratch) run(ctx context.Context, statement string) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	db, err := pgx.Connect(ctx, s.server)
	if err != nil {
		return err
	}
	defer db.Close(ctx) //nolint:errcheck // all has been said
	_, err = db.Exec(ctx, statement)
	return err
}

func (s *scratch) drop() error {
	if err := s.run(context.Background(), "DROP DATABASE "+s.name+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("drop the database %s: %w", s.name, err)
	}
	return nil
}

// through returns a relay to the server, and the URL by which the bot goes through it.
func (s *scratch) through(ctx context.Context) (*Relay, string, error) {
	config, err := pgx.ParseConfig(s.url)
	if err != nil {
		return nil, "", errors.New("DATABASE_URL cannot be read") // the error may hold a password
	}
	if config.TLSConfig != nil && !config.TLSConfig.InsecureSkipVerify {
		return nil, "", errors.New("DATABASE_URL says sslmode=verify-full, and the server's name cannot be checked through the playground; verify-ca can be used")
	}
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	relay, err := newRelay(ctx, network, address)
	if err != nil {
		return nil, "", err
	}
	at, err := url.Parse(s.url)
	if err != nil {
		return nil, "", errors.Join(err, relay.Close())
	}
	at.Host = relay.Addr()
	query := at.Query()
	query.Del("host")
	query.Del("port")
	at.RawQuery = query.Encode()
	return relay, at.String(), nil
}
