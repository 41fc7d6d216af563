//go:build !linux && !darwin

package dbfile

import (
	"io/fs"
	"os"
)

// hasManyNames cannot tell here.
func hasManyNames(fs.FileInfo) bool { return false }

// lockInode does nothing here: the lock beside the file has to do.
func lockInode(*os.File) error { return nil }
