package ledger_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/database"
	"linqbot/ledger/ledgertest"
)

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
		_, checked := database.CheckWritable(t.Context(), to.String())
		for how, said := range map[string]string{"open": fmt.Sprint(opened), "read": fmt.Sprint(read), "check": database.Advice(checked)} {
			assert.Assert(t, strings.Contains(said, test.says) && !strings.Contains(said, "secret-password"), "%s, %s: %s", name, how, said)
		}
	}
}
