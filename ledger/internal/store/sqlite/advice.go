package sqlite

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	modernc "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Advice says what to do about what keeps a file from being opened or written; "" if the error says all there is.
func Advice(err error) string {
	code := 0
	if failed, ok := errors.AsType[*modernc.Error](err); ok {
		const primary = 0xff // the rest of the code says more
		code = failed.Code() & primary
	}
	switch {
	case errors.Is(err, syscall.ENOSPC) || code == sqlite3.SQLITE_FULL:
		return "the disk is full: free space on it, or enlarge it"
	case errors.Is(err, syscall.EDQUOT):
		return "the quota of the user that runs linqbot is used up: free space, or raise the quota"
	case errors.Is(err, syscall.EROFS):
		return "the file system is mounted to be read only: mount it to be written, or name a place on another one in DATABASE_URL; in a container, a volume"
	case errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM) || code == sqlite3.SQLITE_READONLY || code == sqlite3.SQLITE_PERM:
		return fmt.Sprintf("let the user that runs linqbot (uid %d) write there, or name another place in DATABASE_URL", os.Getuid())
	case code == sqlite3.SQLITE_NOTADB:
		return "it is no SQLite database: name another file in DATABASE_URL"
	case code == sqlite3.SQLITE_CORRUPT:
		return "the file is damaged: put a backup in its place with linqbot restore"
	case code == sqlite3.SQLITE_BUSY:
		return "another program holds it: see which one has the file open"
	default:
		return ""
	}
}
