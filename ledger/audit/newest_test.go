package audit

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/storetest"
	"linqbot/ledger/ledgertest"
)

// fill inserts requests n00001, n00002, … so that looking among all of them takes more than one page.
func fill(t *testing.T, s store.Store, count int) {
	t.Helper()
	spelled := `substr('0000' || i, -5)`
	if storetest.IsPostgres(s) {
		spelled = `lpad(i::text, 5, '0')`
	}
	storetest.Exec(t, s, fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO requests (id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url, chat_id, handle,
			handle_key, state, accepted_at, ended_at, thread_ts, expires_at, undoes, handed_over)
		SELECT 'n' || %s, 'd' || i, 'remove', 'command', 'T1', 'C1', CASE WHEN i = 7 THEN 'U7' ELSE 'U1' END, '', '', 'c', 'h' || i,
			'h' || i, 'removed', i, i, '', 0, '', TRUE FROM n`, count, spelled))
}

func onEach(t *testing.T, test func(t *testing.T, s store.Store, in *ledger.Reader)) {
	t.Helper()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		in, err := ledger.OpenReader(t.Context(), url)
		assert.NilError(t, err)
		t.Cleanup(func() { assert.NilError(t, in.Close()) })
		test(t, s, in)
	})
}

func ids(page Page) string {
	all := make([]string, len(page.Requests))
	for i, r := range page.Requests {
		all[i] = r.ID
	}
	return strings.Join(all, " ")
}

func TestNewestGoesBackPageByPage(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s store.Store, in *ledger.Reader) {
		fill(t, s, 5)
		page, err := Newest(t.Context(), in, Search{Most: 3})
		assert.NilError(t, err)
		assert.Equal(t, ids(page), "n00005 n00004 n00003")
		page, err = Newest(t.Context(), in, Search{Most: 3, Before: page.Next})
		assert.NilError(t, err)
		assert.Equal(t, ids(page), "n00002 n00001")
		assert.Equal(t, page.Next, "")
	})
}

// What is rare is found in the end, and no page looks at more than a bounded number of requests for it.
func TestNewestLooksAtABoundedNumber(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s store.Store, in *ledger.Reader) {
		const all = 3*lookAmong - 100
		fill(t, s, all)
		looked := 0
		searches := map[string]Search{
			"by the filter": {Filter: Filter{UserID: "U7"}, Most: 3},
			"by a function": {Matches: func(r ledger.Request) bool { looked++; return r.UserID == "U7" }, Most: 3},
		}
		for name, search := range searches {
			t.Run(name, func(t *testing.T) {
				for pages := 1; ; pages++ {
					looked = 0
					page, err := Newest(t.Context(), in, search)
					assert.NilError(t, err)
					assert.Assert(t, looked <= lookAmong, "%d", looked)
					if pages == 3 {
						assert.Equal(t, ids(page), "n00007")
						assert.Equal(t, page.Next, "")
						return
					}
					assert.Equal(t, ids(page), "")
					search.Before = page.Next
				}
			})
		}
	})
}

// A page of the newest is read by an index, however many requests there are.
func TestNewestUsesAnIndex(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s store.Store, _ *ledger.Reader) {
		storetest.FillRequests(t, s)
		for _, f := range []Filter{{}, {UserID: "U7"}, {State: ledger.Removed}, {State: ledger.Sent}, {ChatID: "c1"}} {
			for _, before := range []string{"", "r9995"} {
				where := Search{Filter: f}.window("r9990", before)
				plan := storetest.Plan(t, s, `SELECT * FROM requests `+where.String()+` ORDER BY id DESC LIMIT 51`, where.Args...)
				storetest.UsesIndex(t, plan, "")
				assert.Assert(t, !strings.Contains(plan, "Seq Scan"), "%s", plan)
			}
		}
		query, args := lastQuery("r9000")
		plan := storetest.Plan(t, s, query, args...)
		assert.Assert(t, strings.Contains(plan, "requests_pkey") || strings.Contains(plan, "COVERING INDEX sqlite_autoindex_requests_1"), "%s", plan)
	})
}
