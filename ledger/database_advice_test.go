package ledger_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func TestAdvice(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		says string
	}{
		"a full disk":         {syscall.ENOSPC, "disk is full"},
		"a quota":             {syscall.EDQUOT, "quota"},
		"a mount":             {syscall.EROFS, "read only"},
		"no right":            {syscall.EACCES, "let the user that runs linqbot"},
		"no right at all":     {syscall.EPERM, "let the user that runs linqbot"},
		"the server's disk":   {&pgconn.PgError{Code: "53100"}, "server's disk is full"},
		"a wrong password":    {&pgconn.PgError{Code: "28P01"}, "correct the password"},
		"no role":             {&pgconn.PgError{Code: "28000", Message: `role "x" does not exist`}, "createuser"},
		"TLS is asked for":    {&pgconn.PgError{Code: "28000", Message: `no pg_hba.conf entry for host "1.2.3.4", user "x", database "y", no encryption`}, "sslmode=require"},
		"no entry":            {&pgconn.PgError{Code: "28000", Message: `no pg_hba.conf entry for host "1.2.3.4", user "x", database "y", SSL encryption`}, "pg_hba.conf"},
		"too many":            {&pgconn.PgError{Code: "53300"}, "max_connections"},
		"starting":            {&pgconn.PgError{Code: "57P03"}, "again in a minute"},
		"a standby":           {&pgconn.PgError{Code: "25006"}, "primary"},
		"no privilege":        {&pgconn.PgError{Code: "42501"}, "grant"},
		"nothing to be added": {fmt.Errorf("another"), "^"},
	} {
		err := fmt.Errorf("write: %w", &os.PathError{Op: "write", Path: "/x", Err: test.err})
		if got := ledger.Advice(err); test.says == "^" && got != "" || test.says != "^" && !strings.Contains(got, test.says) {
			t.Errorf("%s: %q, want %q", name, got, test.says)
		}
	}
}

// Each way to open a ledger says what to do, as doctor does.
func TestAdviceOnPostgres(t *testing.T) {
	t.Parallel()
	at := mustURL(t, ledgertest.Postgres(t))
	for name, test := range map[string]struct {
		change func(*url.URL)
		says   string
	}{
		"no database": {func(u *url.URL) { u.Path = "/linqbot_nowhere" }, "createdb linqbot_nowhere"},
		"no role":     {func(u *url.URL) { u.User = url.UserPassword("linqbot_nobody", "secret-password") }, "linqbot_nobody"},
		"no host":     {func(u *url.URL) { u.Host = "nowhere.invalid:5432" }, "no machine has the name nowhere.invalid"},
		"no server":   {func(u *url.URL) { u.Host = "127.0.0.1:1" }, "nothing listens there"},
	} {
		to := *at
		test.change(&to)
		_, opened := ledger.Open(t.Context(), ledger.Config{URL: to.String(), Logger: quiet()})
		_, read := ledger.OpenReader(t.Context(), to.String())
		_, checked := ledger.CheckWritable(t.Context(), to.String())
		for how, said := range map[string]string{"open": fmt.Sprint(opened), "read": fmt.Sprint(read), "check": ledger.Advice(checked)} {
			assert.Assert(t, strings.Contains(said, test.says) && !strings.Contains(said, "secret-password"), "%s, %s: %s", name, how, said)
		}
	}
}
