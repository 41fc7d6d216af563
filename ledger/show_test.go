package ledger_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
)

// What is to be shown at a time that comes while a showing runs is shown after it: the showing that
// runs may have looked before.
func TestATimeToShowThatComesDuringAShowing(t *testing.T) {
	t.Parallel()
	var c clock
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, err := ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + path, Logger: quiet(), Now: c.now})
	assert.NilError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	var shown atomic.Int32
	looked, goOn := make(chan struct{}), make(chan struct{})
	start(t, l, ledger.Workers{Show: func(context.Context, string) (time.Duration, error) {
		if shown.Add(1) == 1 {
			close(looked)
			<-goOn
		}
		return 0, nil
	}})
	request := accept(t, l, order("d1", "+14155550132"))[0].Request
	request.State = ledger.Removed
	_, err = l.Save(t.Context(), request, ledger.Change{Cause: "test", News: true, ShowAgain: c.now().Add(time.Hour)})
	assert.NilError(t, err)
	<-looked
	c.ahead.Store(int64(2 * time.Hour))
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
	assert.NilError(t, err)
	defer db.Close()
	await(t, "the time to be noticed", func() bool {
		var showBy int64
		assert.NilError(t, db.QueryRow(`SELECT show_by FROM requests`).Scan(&showBy))
		return showBy == 0
	})
	close(goOn)
	await(t, "the second showing", func() bool { return shown.Load() >= 2 })
}
