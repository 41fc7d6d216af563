package ledger

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/ledger/ledgertest"
)

// What another replica is about to take is left to it: this one waits for its next sweep.
func TestASweepEndsWhereAnotherReplicaHasTheRows(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	l, err := Open(t.Context(), Config{URL: at, Logger: logger})
	assert.NilError(t, err)
	defer func() { _ = l.Close() }()
	_, err = l.Accept(t.Context(), []Order{{Delivery: "d1", Kind: Remove, ChatID: "c1", Handle: NewSecret("a@example.com")}})
	assert.NilError(t, err)
	_, err = l.store.writer().exec(t.Context(), `UPDATE requests SET show_by = 1`) // it is due
	assert.NilError(t, err)

	other, err := pgx.Connect(t.Context(), at)
	assert.NilError(t, err)
	defer func() { _ = other.Close(t.Context()) }()
	_, err = other.Exec(t.Context(), `BEGIN`)
	assert.NilError(t, err)
	_, err = other.Exec(t.Context(), `SELECT * FROM requests FOR UPDATE`)
	assert.NilError(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	full, err := l.sweep(ctx)
	assert.NilError(t, err)
	assert.Assert(t, !full, "there is room for what is accepted now")
}
