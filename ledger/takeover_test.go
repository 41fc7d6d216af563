package ledger_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// A replica that can no longer reach the database leaves jobs that River calls running. Another one takes them over,
// and never runs them beside it. River's own rescue would take 47 s and more.
func TestTheWorkOfALostReplicaIsTakenOver(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	way := ledgertest.NewProxy(t, at)
	id, ended := startLosing(t, way.URL)
	taken := startTaking(t, at, ended)
	way.Lose()
	awaitTaken(t, taken, id)
}

// The way to the database is cut without a word. The replica stops what it runs before the server can know, after
// 11 s and more, that nobody is there.
func TestTheWorkOfAReplicaThatIsCutOff(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	way := ledgertest.NewProxy(t, at)
	id, ended := startLosing(t, way.URL)
	taken := startTaking(t, at, ended)
	way.Silence()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("it still runs what others may take over")
	}
	endFirstOwner(t, at) // the server has noticed
	awaitTaken(t, taken, id)
}

// startLosing starts a replica that runs a step until it is told to end, and then loses its database.
func startLosing(t *testing.T, at string) (id string, ended <-chan struct{}) {
	t.Helper()
	l := openURL(t, at)
	running, over := make(chan struct{}), make(chan struct{})
	if err := l.Start(t.Context(), ledger.Workers{
		Try: func(ctx context.Context, _ string) (time.Duration, error) {
			close(running)
			<-ctx.Done()
			close(over)
			return 0, ctx.Err()
		}, Confirm: nothing, Show: nothing, Execute: nothing,
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_ = l.Stop(ctx) // it has lost its database
		_ = l.Close()
	})
	id = accept(t, l, order("d1", "+14155550132"))[0].Request.ID
	<-running
	return id, over
}

// startTaking starts a replica that takes over what another one ran until ended is closed.
func startTaking(t *testing.T, at string, ended <-chan struct{}) (taken <-chan string) {
	t.Helper()
	ids := make(chan string, 1)
	start(t, open(t, at), ledger.Workers{Try: func(_ context.Context, id string) (time.Duration, error) {
		select {
		case <-ended:
		default:
			t.Error("two run side by side")
		}
		ids <- id
		return 0, nil
	}})
	return ids
}

func awaitTaken(t *testing.T, taken <-chan string, id string) {
	t.Helper()
	select {
	case got := <-taken:
		if got != id {
			t.Errorf("took over %s", got)
		}
	case <-time.After(30 * time.Second):
		t.Error("nobody took over")
	}
}

// endFirstOwner has the server end the session that says which jobs the replica runs that was started first.
func endFirstOwner(t *testing.T, at string) {
	t.Helper()
	execute(t, at, `
		SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN processes p ON l.objid = p.id
		WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND p.id = (SELECT MIN(id) FROM processes)
			AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
}

// A replica that has lost the session which says what it runs begins anew, and takes over from itself.
func TestAReplicaBeginsAnew(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	l := open(t, at)
	var runs atomic.Int32
	var beside atomic.Bool
	again := make(chan struct{})
	start(t, l, ledger.Workers{Try: func(ctx context.Context, _ string) (time.Duration, error) {
		if beside.Swap(true) {
			t.Error("two run side by side")
		}
		defer beside.Store(false)
		if runs.Add(1) == 1 {
			<-ctx.Done()
			return 0, ctx.Err()
		}
		close(again)
		return 0, nil
	}})
	accept(t, l, order("d1", "+14155550132"))
	await(t, "the try", func() bool { return runs.Load() == 1 })
	endFirstOwner(t, at)
	select {
	case <-again:
	case <-time.After(30 * time.Second):
		t.Error("it does not begin anew")
	}
}
