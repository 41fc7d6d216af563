package ledger_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the database driver "pgx"
	"github.com/pressly/goose/v3"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
	"linqbot/ledger/migrations"
)

// firstRows is what a ledger with the first schema holds: one request that was not handed over yet,
// one that was shown, and one that has ended.
const firstRows = `
	INSERT INTO requests (id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url, chat_id, handle,
		handle_key, state, accepted_at, handed_over)
	VALUES ('r1', 'd1', 'remove', 'command', 'T1', 'C1', 'U1', 'user U1', '', '3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11', '+14155550132',
			'+14155550132', 'accepted', 1700000000000000, FALSE),
		('r2', 'd2', 'remove', 'command', 'T1', 'C1', 'U1', 'user U1', '', '3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11', 'Ann@Example.com',
			'ann@example.com', 'removed', 1700000000000000, TRUE);
	INSERT INTO history (request_id, at, state, cause, trace_id) VALUES ('r2', 1700000000000000, 'removed', 'seen', 'trace2');
	INSERT INTO threads (delivery, route, channel_id, ts, shown, posting_since, doubts, response_uses, trouble, trouble_since)
	VALUES ('d2', 'thread', 'C1', '1700000000.000100', 'abc', 0, 0, 0, '', 0);
	INSERT INTO settings (name, value) VALUES ('team', 'T1');`

// migrateTo makes a new store with our schema as it was in a version.
func migrateTo(ctx context.Context, databaseURL string, version int64) (*sql.DB, error) {
	kind, driver, dialect, source := "sqlite", "sqlite", goose.DialectSQLite3, "file:"+strings.TrimPrefix(databaseURL, "sqlite://")
	if strings.HasPrefix(databaseURL, "postgres") {
		kind, driver, dialect, source = "postgres", "pgx", goose.DialectPostgres, databaseURL
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, err
	}
	tree, err := migrations.For(kind)
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(dialect, db, tree, goose.WithTableName("schema_migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, err
	}
	_, err = provider.UpTo(ctx, version)
	return db, err
}

// A ledger of the first version that was ever released opens, and its work goes on.
func TestUpgradeFromTheFirstSchema(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		db, err := migrateTo(t.Context(), url, 1)
		if err != nil {
			t.Fatal(err)
		}
		rows := firstRows
		if strings.HasPrefix(url, "postgres") { // it came later, and its first schema has more columns
			rows = strings.ReplaceAll(rows, "accepted_at, handed_over)", "accepted_at, handed_over, thread_ts, expires_at, undoes)")
			rows = strings.ReplaceAll(rows, "FALSE)", "FALSE, '', 0, '')")
			rows = strings.ReplaceAll(rows, "TRUE)", "TRUE, '', 0, '')")
		}
		for statement := range strings.SplitSeq(rows, ";") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}

		l := open(t, url)
		tried := make(chan string, 2)
		start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
			defer func() { tried <- id }()
			return 0, end(ctx, l, id, ledger.Refused)
		}})
		if got := <-tried; got != "r1" {
			t.Errorf("carried on %s", got)
		}
		await(t, "the end of the one that was open", func() bool { return state(t, l, "r1") == ledger.Refused })
		view, err := l.View(t.Context(), "d2")
		if err != nil || view.Thread.TS != "1700000000.000100" || view.Requests[0].State != ledger.Removed {
			t.Errorf("what was there before: %+v, %v", view, err)
		}
		if events, err := l.Reader().History(t.Context(), "r2", 10); err != nil || len(events) != 1 || events[0].TraceID != "trace2" {
			t.Errorf("its history: %+v, %v", events, err)
		}
		if got := accept(t, l, order("d1", "+14155550132"))[0]; got.Outcome != ledger.Redelivered {
			t.Errorf("a late redelivery: %+v", got)
		}
		if team, err := l.Setting(t.Context(), "team"); err != nil || team != "T1" {
			t.Errorf("what was learned: %q, %v", team, err)
		}
	})
}

// A batch of before limits were kept with it opens, and was over none as far as is known.
func TestUpgradeOfABatch(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		before := int64(13)
		if strings.HasPrefix(url, "postgres") {
			before = 11
		}
		db, err := migrateTo(t.Context(), url, before)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), `
			INSERT INTO batches (id, delivery, job, kind, source, team_id, channel_id, user_id, rule, response_url, thread_ts, chat_id, handles,
				because, undoes, asks, dry_run, state, accepted_at, ended_at, trouble)
			VALUES ('b1', 'd1', 'offboard', 'remove', 'workflow', 'T1', '', '', 'workflow step', '', '', '', '["+14155550132"]',
				'', '', FALSE, FALSE, 'unplanned', 1700000000000000, 1700000000000000, 'over_limit')`); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		b, err := open(t, url).Batch(t.Context(), "b1")
		if err != nil || b.Trouble != ledger.TroubleOverLimit || b.OverLimit != (ledger.Limit{}) || b.ChatName != "" {
			t.Errorf("%+v, %v", b, err)
		}
	})
}
