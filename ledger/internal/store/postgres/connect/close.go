package connect

import (
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// CloseTime is how long closing waits. A connection whose server does not answer, and which pgx closes
// at its leisure, would hold up the end of the process, with which it ends anyway.
const CloseTime = time.Second

// Close closes pools.
func Close(pools ...*pgxpool.Pool) {
	var closing sync.WaitGroup
	for _, pool := range pools {
		if pool != nil {
			closing.Go(pool.Close)
		}
	}
	closed := make(chan struct{})
	go func() {
		closing.Wait()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(CloseTime):
	}
}
