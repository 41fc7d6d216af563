package ledger_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/ledger/database"
	"linqbot/ledger/ledgertest"
)

// audited fills a ledger with three removals that have ended, two denials between them, and two readings.
func audited(t *testing.T, url string) *ledger.Ledger {
	t.Helper()
	l := open(t, url)
	start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
		return 0, end(ctx, l, id, ledger.Refused)
	}})
	for i, handle := range []string{"+14155550132", "Ann@Example.com", "+14155550134"} {
		o := order(fmt.Sprint("d", i), handle)
		o.UserID = fmt.Sprint("U", i)
		id := accept(t, l, o)[0].Request.ID
		await(t, "the end", func() bool { return state(t, l, id) == ledger.Refused })
		if i < 2 {
			if _, err := l.Deny(t.Context(), ledger.Denial{Source: ledger.SlashCommand, TeamID: "T1", ChannelID: "C1", UserID: fmt.Sprint("X", i), Rule: "not named"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, r := range []ledger.Reading{
		{Source: ledger.ChatList, TeamID: "T1", ChannelID: "C1", UserID: "U7", Rule: "everyone", Searched: "spring"},
		{Source: ledger.Modal, TeamID: "T1", ChannelID: "C1", UserID: "U8", Rule: "everyone", ChatID: chat},
	} {
		if _, err := l.KeepReading(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "the denials and readings", func() bool { rows, _ := notes(t, l); return rows == 4 })
	if err := l.SaveThread(t.Context(), ledger.Thread{Delivery: "d0", Route: ledger.InThread, Posting: ledger.Posting{ChannelID: "C1", TS: "1.2"}}); err != nil {
		t.Fatal(err)
	}
	return l
}

// notes returns how many denials and readings have a row, and how many were left out.
func notes(t *testing.T, l *ledger.Ledger) (rows, leftOut int64) {
	t.Helper()
	for row, err := range audit.Rows(t.Context(), l.Reader(), audit.Filter{}) {
		assert.NilError(t, err)
		if row.State == ledger.Denied || row.State == ledger.Read {
			rows, leftOut = rows+1, leftOut+row.LeftOut
		}
	}
	return rows, leftOut
}

func auditLines(t *testing.T, r *ledger.Reader, f audit.Filter) string {
	t.Helper()
	var lines []string
	for row, err := range audit.Rows(t.Context(), r, f) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s%s", row.UserID, row.State, strings.Join(row.TraceIDs, ","), row.Thread.TS, row.Searched))
	}
	return strings.Join(lines, "\n")
}

func TestAudit(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		began := time.Now()
		audited(t, url)
		r, err := ledger.OpenReader(t.Context(), url) // beside the one who writes
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		all := "U0 refused abc 1.2\nX0 denied  \nU1 refused abc \nX1 denied  \nU2 refused abc \nU7 read  spring\nU8 read  "
		for _, test := range []struct {
			name   string
			filter audit.Filter
			want   string
		}{
			{"everything", audit.Filter{}, all},
			{"since", audit.Filter{Since: began}, all},
			{"since later", audit.Filter{Since: time.Now().Add(time.Hour)}, ""},
			{"until", audit.Filter{Until: began}, ""},
			{"by a person", audit.Filter{UserID: "U1"}, "U1 refused abc "},
			{"by a person who was denied", audit.Filter{UserID: "X1"}, "X1 denied  "},
			{"by a person who read", audit.Filter{UserID: "U7"}, "U7 read  spring"},
			{"of a chat", audit.Filter{ChatID: chat}, "U0 refused abc 1.2\nU1 refused abc \nU2 refused abc \nU8 read  "},
			{"of another chat", audit.Filter{ChatID: "x"}, ""},
			{"of a handle", audit.Filter{Handle: ledger.NewSecret("ann@example.COM")}, "U1 refused abc "},
			{"in a state", audit.Filter{State: ledger.Refused}, "U0 refused abc 1.2\nU1 refused abc \nU2 refused abc "},
			{"denials", audit.Filter{State: ledger.Denied}, "X0 denied  \nX1 denied  "},
			{"readings", audit.Filter{State: ledger.Read}, "U7 read  spring\nU8 read  "},
		} {
			if got := auditLines(t, r, test.filter); got != test.want {
				t.Errorf("%s:\n%s\nwant:\n%s", test.name, got, test.want)
			}
		}
	})
}

// Denials of one moment may be on two pages.
func TestAuditOfManyPages(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		const count = 1201
		var want []string
		for n := range count {
			want = append(want, fmt.Sprint("X", n))
		}
		assert.NilError(t, l.Exec(t.Context(), fmt.Sprintf(`
			WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO denials (at, source, team_id, channel_id, user_id, rule)
			SELECT 1700000000000000 + i / 700, 'command', 'T1', 'C1', 'X' || i, '' FROM n ORDER BY i`, count-1)))
		for from := 0; from < count; from += 20 {
			var orders []ledger.Order
			for n := from; n < min(from+20, count); n++ {
				orders = append(orders, order(fmt.Sprint("d", n), fmt.Sprintf("+1415555%04d", n)))
				want = append(want, fmt.Sprintf("+1415555%04d d%d", n, n))
			}
			accept(t, l, orders...)
		}
		var got []string
		for row, err := range audit.Rows(t.Context(), l.Reader(), audit.Filter{}) {
			assert.NilError(t, err)
			if row.State == ledger.Denied {
				got = append(got, row.UserID)
			} else {
				got = append(got, row.Handle.Value()+" "+row.Thread.Delivery)
			}
		}
		assert.DeepEqual(t, got, want)
	})
}

// However slowly somebody reads an audit, it keeps no connection meanwhile.
func TestAnAuditKeepsNoConnection(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		audited(t, url)
		r, err := ledger.OpenReader(t.Context(), url)
		assert.NilError(t, err)
		t.Cleanup(func() { _ = r.Close() })
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for range 5 { // more than the reader has connections
			next, stop := iter.Pull2(audit.Rows(ctx, r, audit.Filter{}))
			t.Cleanup(stop)
			_, err, more := next()
			assert.NilError(t, err)
			assert.Assert(t, more)
		}
	})
}

// What cannot be read may be a ledger all the same: nobody is to make another one in its place.
func TestOpenReaderOfNoLedger(t *testing.T) {
	t.Parallel()
	file := func(content string) func(*testing.T) string {
		return func(t *testing.T) string {
			t.Helper()
			path := filepath.Join(t.TempDir(), "ledger.db")
			assert.NilError(t, os.WriteFile(path, []byte(content), 0o600))
			return "sqlite://" + path
		}
	}
	for _, test := range []struct {
		name string
		url  func(*testing.T) string
		says string
	}{
		{"an empty file", file(""), "is no ledger yet"},
		{"an empty database", func(t *testing.T) string { t.Helper(); return ledgertest.Postgres(t) }, "is no ledger yet"},
		{"something else", file(strings.Repeat("no database ", 100)), "cannot be read"},
		{"a version that may not be read", func(t *testing.T) string {
			t.Helper()
			at := ledgertest.Postgres(t)
			execute(t, at, "CREATE VIEW schema_migrations AS SELECT 1 / (SELECT COUNT(*) FROM pg_class WHERE FALSE) AS version_id")
			return at
		}, "read the schema's version"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := ledger.OpenReader(t.Context(), test.url(t))
			assert.ErrorContains(t, err, "DATABASE_URL: ")
			assert.ErrorContains(t, err, test.says)
			assert.Equal(t, strings.Contains(err.Error(), "no ledger yet"), test.says == "is no ledger yet", "%v", err)
		})
	}
}

func TestOpenReader(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		if _, err := ledger.OpenReader(t.Context(), url); err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
			t.Errorf("a ledger that is not there: %v", err)
		}
		db, err := migrateTo(t.Context(), url, 1)
		if err != nil {
			t.Fatal(err)
		}
		_ = db.Close()
		if _, err := ledger.OpenReader(t.Context(), url); err == nil || !strings.Contains(err.Error(), "linqbot migrate") {
			t.Errorf("an old ledger: %v", err)
		}
		if _, err := database.Migrate(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		r, err := ledger.OpenReader(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if has, err := r.SchemaVersion(t.Context()); err != nil || has < 2 {
			t.Errorf("version %d, %v", has, err)
		}
	})
}
