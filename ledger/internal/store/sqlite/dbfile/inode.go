//go:build linux || darwin

package dbfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// hasManyNames tells whether hard links lead to a file.
func hasManyNames(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink > 1
}

// lockInode takes an open file description lock on a byte far behind all that SQLite locks or writes.
//
// flock(2) would not do: macOS and network file systems have it conflict with the locks of SQLite. Nor
// would a POSIX lock: the process would lose it whenever SQLite closes a descriptor of the file.
func lockInode(file *os.File) error {
	// F_OFD_SETLK, which the package syscall does not name.
	const onLinux, onDarwin, farBehind = 37, 90, 1 << 62
	command := onLinux
	if runtime.GOOS == "darwin" {
		command = onDarwin
	}
	err := syscall.FcntlFlock(file.Fd(), command, &syscall.Flock_t{Type: syscall.F_WRLCK, Start: farBehind, Len: 1})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES):
		return ErrOwned
	case errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EOPNOTSUPP):
		return nil // the system has no such locks: the one beside the file has to do
	default:
		return fmt.Errorf("%s cannot be locked: %w", file.Name(), err)
	}
}
