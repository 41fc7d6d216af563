package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

const readOnlyAdvice = "the server lets nobody write: name the primary server in DATABASE_URL, or end its read-only mode"

// Advice says what to do about an error of a server, or about one that gives no answer; "" if the error says all there
// is. ok is false for an error that has nothing to do with a server.
func Advice(err error) (advice string, ok bool) {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return refusalAdvice(err, refused), true
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return connectAdvice(err), true
	}
	return "", false
}

// refusalAdvice is for what a PostgreSQL server answered.
func refusalAdvice(err error, refused *pgconn.PgError) string {
	role, database, host := "the role in DATABASE_URL", "the database", "the server"
	if failed, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		role, database, host = failed.Config.User, failed.Config.Database, failed.Config.Host
	}
	switch code := refused.Code; {
	case code == "3D000":
		return fmt.Sprintf("make the database there (createdb %s), or correct its name in DATABASE_URL", database)
	case code == "28P01":
		return fmt.Sprintf("correct the password of the role %s in DATABASE_URL, with %%-escapes for characters such as @ : / and #", role)
	case code == "28000" && strings.Contains(refused.Message, "no encryption"):
		return "the server takes no connection without TLS: add sslmode=require to DATABASE_URL, or let its pg_hba.conf take one"
	case code == "28000" && strings.Contains(refused.Message, "pg_hba.conf"):
		return fmt.Sprintf("let the pg_hba.conf of %s take the role %s from this machine", host, role)
	case code == "28000":
		return fmt.Sprintf("make the role there (createuser --pwprompt %s), or correct its name in DATABASE_URL", role)
	case code == "53300":
		return "the server has no connection left: raise its max_connections, or lower linqbot's share with pool_max_conns in DATABASE_URL"
	case code == "57P03":
		return "the server is starting or stopping: try again in a minute"
	case code == "53100":
		return "the server's disk is full: free space on it, or enlarge it"
	case code == "25006":
		return readOnlyAdvice
	case code == "42501":
		return fmt.Sprintf("grant %s what it lacks, or run linqbot migrate with a role that has it", role)
	default:
		return ""
	}
}

// connectAdvice is for a server that gave no answer.
func connectAdvice(err error) string {
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Sprintf("no machine has the name %s: correct the host in DATABASE_URL, or make a DNS record for it", name.Name)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the server's certificate is not trusted: name its authority with sslrootcert in DATABASE_URL, or correct the host"
	}
	timeout, timed := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, pgconn.ErrReadOnlyConnection):
		return readOnlyAdvice
	case strings.Contains(err.Error(), "server refused TLS connection"): // pgx has no value for it
		return "the server speaks no TLS: switch ssl on there, or, on a network that you trust, write sslmode=disable in DATABASE_URL"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: start PostgreSQL, correct host and port in DATABASE_URL, or see its listen_addresses"
	case errors.Is(err, syscall.ENOENT):
		return "no PostgreSQL has its socket there: start it, or correct the host in DATABASE_URL"
	case errors.Is(err, context.DeadlineExceeded), timed && timeout.Timeout(), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no answer came: correct host and port in DATABASE_URL, or let the firewall pass the connection"
	default:
		return ""
	}
}
