package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/ledger/database"
)

func newBackup() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the ledger to a new file, also while linqbot serves",
		Long: `Copy the SQLite ledger that DATABASE_URL names to a new file, also while linqbot serves. The copy is
checked and on disk when this ends with exit code 0; otherwise there is none. FILE is never overwritten, and
only its owner can read it: it holds people's numbers in clear text.

For a PostgreSQL database it prints the pg_dump command instead, and ends with exit code 1.`,
		Args: oneArgument("the path of the new file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config.LoadOnly(os.Getenv, "DATABASE_URL")
			if err != nil {
				return err
			}
			if database.IsPostgres(cfg.DatabaseURL) {
				return errors.New(pgDump(cfg.DatabaseURL, args[0]))
			}
			made, err := database.Backup(cmd.Context(), cfg.DatabaseURL, args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s holds the ledger: %d requests, %d bytes, schema version %d, checked\n",
				args[0], made.Requests, made.Bytes, made.Schema)
			return err
		},
	}
}

func newRestore() *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of the ledger, while linqbot is stopped",
		Long: `Put a copy of a backup in the place of the SQLite ledger that DATABASE_URL names. Stop linqbot first. The
ledger that was there is kept beside it under another name.

A backup does not know what happened after it was made. What was open in it and had not been sent to Linq
is not done again: its chat is read once, and the thread says what that showed. What people asked for after
the backup was made is not in it, and messages may be posted again.

For a PostgreSQL database it prints the pg_restore command instead, and ends with exit code 1.`,
		Args: oneArgument("the path of the backup"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config.LoadOnly(os.Getenv, "DATABASE_URL")
			if err != nil {
				return err
			}
			if database.IsPostgres(cfg.DatabaseURL) {
				return errors.New(pgRestore(cfg.DatabaseURL, args[0]))
			}
			done, err := database.Restore(cmd.Context(), cfg.DatabaseURL, args[0], time.Now())
			if err != nil {
				return err
			}
			return printRestored(cmd, args[0], done)
		},
	}
}

func printRestored(cmd *cobra.Command, file string, done database.RestoreResult) error {
	said := fmt.Sprintf("the ledger is the one in %s: %d requests, schema version %d\n", file, done.Requests, done.Schema)
	if done.Folder != "" {
		said += fmt.Sprintf("the folder %s was not there, and was made\n", done.Folder)
	}
	if done.Aside != "" {
		said += fmt.Sprintf("the ledger that was there is now %s\n", done.Aside)
	}
	said += fmt.Sprintf("requests that were open and not sent: %d; each chat is read once, and nobody is removed or added for them\n", done.Open)
	_, err := fmt.Fprint(cmd.OutOrStdout(), said)
	return err
}

const aboutPassword = "It asks for the password, unless PGPASSWORD or ~/.pgpass has it."

func pgDump(databaseURL, file string) string {
	return fmt.Sprintf(`DATABASE_URL names a PostgreSQL database, which linqbot does not copy. Nothing was backed up. Run:

  (umask 077 && pg_dump --format=custom --no-owner --file=%s %s)

%s`, shellQuoted(file), shellQuoted(libpqURL(databaseURL)), aboutPassword)
}

func pgRestore(databaseURL, file string) string {
	to := shellQuoted(libpqURL(databaseURL))
	return fmt.Sprintf(`DATABASE_URL names a PostgreSQL database, which linqbot does not restore. Nothing was restored. Stop every
replica, then run both, and only then start linqbot. The second keeps what was open in the backup from being done again:

  pg_restore --clean --if-exists --no-owner --single-transaction --exit-on-error --dbname=%s %s
  psql --set=ON_ERROR_STOP=1 --dbname=%s --command=%s

%s`, to, shellQuoted(file), to, shellQuoted(database.MarkRestored), aboutPassword)
}

// libpqURL returns a URL that PostgreSQL's own programs take: without the password, and without what only
// linqbot's driver knows.
func libpqURL(databaseURL string) string {
	at, err := url.Parse(databaseURL)
	if err != nil { // it was read before, so this is a form that net/url does not know; it may hold a password
		return "postgres://HOST/DATABASE"
	}
	if at.User != nil {
		at.User = url.User(at.User.Username())
	}
	query := at.Query()
	for name := range query {
		if !slices.Contains(libpqParameters(), name) {
			query.Del(name)
		}
	}
	at.RawQuery = query.Encode()
	return at.String()
}

// libpqParameters are those of a connection that say where it goes, and hold no secret.
func libpqParameters() []string {
	return []string{
		"host", "hostaddr", "port", "dbname", "user", "passfile", "connect_timeout", "options", "sslmode", "sslnegotiation",
		"sslcert", "sslkey", "sslrootcert", "sslcrl", "sslsni", "channel_binding", "gssencmode", "krbsrvname",
		"service", "target_session_attrs", "application_name", "keepalives",
	}
}

func shellQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
