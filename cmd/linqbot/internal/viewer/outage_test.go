package viewer

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// A ledger that cannot be opened is told, without what the error may hold.
func TestALedgerThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	v, err := New(Config{
		Addr: "127.0.0.1:9090", Logger: quiet(),
		Open: func(context.Context) (*ledger.Reader, error) {
			return nil, errors.New("no route to postgres://u:password@db")
		},
		Vitals: func() []Finding { return []Finding{{About: "Workers", Status: Failure, Says: "they do not run"}} },
	})
	assert.NilError(t, err)
	f := &fixture{t: t, viewer: v, routes: http.NewServeMux()}
	v.Register(f.routes)
	for _, target := range []string{"/", "/requests/00000000", "/health"} {
		w := f.ask(http.MethodGet, target)
		assert.Equal(t, w.Code, http.StatusServiceUnavailable)
		page := w.Body.String()
		assert.Assert(t, strings.Contains(page, "does not answer") && strings.Contains(page, "they do not run"), page)
		assert.Assert(t, !strings.Contains(page, "password"), page)
	}
}

// While the database is away, or silent, the pages say so. Then they go on.
func TestALostDatabase(t *testing.T) {
	t.Parallel()
	database := ledgertest.Postgres(t)
	way := ledgertest.NewProxy(t, database)
	f := newFixture(t, database)
	f.viewer.cfg.Open = func(ctx context.Context) (*ledger.Reader, error) { return ledger.OpenReader(ctx, way.URL) }
	r := f.removed("d1", "Spring launch", "+14155550132")
	f.get("/")
	for name, cut := range map[string]func(){"away": way.Lose, "silent": way.Silence} {
		cut()
		w := f.ask(http.MethodGet, "/requests/"+r.ID)
		assert.Equal(t, w.Code, http.StatusServiceUnavailable, name)
		assert.Assert(t, strings.Contains(w.Body.String(), "does not answer"), "%s: %s", name, w.Body)
		way.Restore()
		f.await("the pages to go on", func() bool { return f.ask(http.MethodGet, "/requests/"+r.ID).Code == http.StatusOK })
	}
}
