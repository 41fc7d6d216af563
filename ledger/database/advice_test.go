package database_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"linqbot/ledger/database"
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
		if got := database.Advice(err); test.says == "^" && got != "" || test.says != "^" && !strings.Contains(got, test.says) {
			t.Errorf("%s: %q, want %q", name, got, test.says)
		}
	}
}
