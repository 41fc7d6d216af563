package dbfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// besides are the files that SQLite keeps beside its own while anybody has it open: -wal holds what was written last,
// and -shm says where. They stay the same until the last connection closes, which deletes them.
type besides struct {
	mu    sync.Mutex
	open  int                    // connections
	known map[string]fs.FileInfo // by path, once they were seen
}

// errBesideGone says that what was written last is in a file that the next process will not find.
var errBesideGone = errors.New("the file was deleted, moved or replaced while linqbot serves from it: put it back, or stop linqbot, which saves what it held if nobody else has opened the ledger")

// opening has open make a connection, and counts it.
func (b *besides) opening(open func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := open()
	if err == nil {
		b.open++
	}
	return err
}

// closing has end end a connection. With the last one SQLite deletes the files.
func (b *besides) closing(end func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open--; b.open == 0 {
		clear(b.known)
	}
	return end()
}

// check returns an error if one of the files was seen and is there no longer. Its caller holds the lock.
func (b *besides) check(path string) error {
	for _, beside := range []string{path + "-wal", path + "-shm"} {
		found, err := os.Stat(beside)
		known := b.known[beside]
		switch {
		case err == nil && known == nil && b.open > 0:
			if b.known == nil {
				b.known = make(map[string]fs.FileInfo)
			}
			b.known[beside] = found
		case known == nil:
		case errors.Is(err, fs.ErrNotExist), err == nil && !os.SameFile(found, known):
			return fmt.Errorf("%s: %w", beside, errBesideGone)
		case err != nil:
			return fmt.Errorf("a file of the ledger cannot be found: %w", err)
		}
	}
	return nil
}
