package outage

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"
)

// An outage is a line when it begins, one a minute, and one when it ends, however many parts notice it.
func TestAnOutageIsSummedUp(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	logger := logrus.New()
	logger.SetOutput(&said)
	logger.SetFormatter(&logrus.TextFormatter{DisableTimestamp: true})
	now := time.Date(2026, 3, 9, 16, 45, 0, 0, time.UTC)
	o := New(logrus.NewEntry(logger), func() time.Time { return now })
	const trouble = "sweep: failed to connect to `user=linqbot database=linqbot`: connection refused"

	assert.Assert(t, !o.Takes("") && !o.Takes("job errored: no such chat") && !o.Settled(), "there is no outage")
	for range 600 { // two and a half minutes
		assert.Assert(t, o.Takes(trouble))
		now = now.Add(250 * time.Millisecond)
	}
	assert.Assert(t, o.Takes(""), "a line without an error")
	assert.Assert(t, !o.Takes("panic: nil map"), "what has another cause is told")
	assert.Assert(t, !o.Settled())
	now = now.Add(settles)
	assert.Assert(t, o.Settled())
	o.Over()
	o.Over()
	assert.Assert(t, !o.Settled() && !o.Lasts())
	assert.Equal(t, said.String(), strings.Join([]string{
		`level=error msg="the ledger does not answer; until it does, this is said once a minute" error="` + trouble + `"`,
		`level=error msg="the ledger still does not answer" error="` + trouble + `" for_s=60 left_out=240`,
		`level=error msg="the ledger still does not answer" error="` + trouble + `" for_s=120 left_out=480`,
		`level=warning msg="the ledger answers again" for_s=150 left_out=600`, "",
	}, "\n"))
}

func TestSignsOfAnOutage(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"unexpected EOF", "read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer",
		"FATAL: terminating connection due to administrator command (SQLSTATE 57P01)", "FATAL: the database system is starting up (SQLSTATE 57P03)",
		"FATAL: sorry, too many clients already (SQLSTATE 53300)", "database or disk is full (13)", "database is locked (5) (SQLITE_BUSY)",
	} {
		assert.Assert(t, saysLost(text), text)
	}
	for _, err := range []error{errors.New("ledger: not found"), errors.New("ledger: changed meanwhile"), errors.New("ERROR: column \"x\" does not exist (SQLSTATE 42703)")} {
		assert.Assert(t, !saysLost(err.Error()), err)
	}
}
