package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ownership is what makes this process the one owner of an SQLite file: a lock on a file beside it, and
// one on the file itself.
//
// Neither is enough alone. The lock beside belongs to a name: it protects a file that is not there yet,
// and holds on every system. The lock on the file belongs to its inode: it holds when the file is
// renamed or mounted elsewhere, and when somebody deletes the lock beside it.
type ownership struct {
	path    string
	beside  *flock.Flock
	file    *os.File // nil until it is there
	opened  fs.FileInfo
	besides besides
}

var (
	errOwned     = errors.New("another linqbot owns it")
	errManyNames = errors.New("the file has more than one name (hard links), and SQLite would keep its newest data beside each name apart: " +
		"remove the other names, or copy the file, and name the one that is left")
)

// own makes this process the owner of the file at a path that resolveFile returned. It makes the file
// if it is not there.
func own(path string) (_ *ownership, err error) {
	if _, err := checkFile(path); err != nil {
		return nil, err
	}
	o := &ownership{path: path, beside: flock.New(path+".lock", flock.SetPermissions(0o600))}
	locked, err := o.beside.TryLock()
	if err != nil {
		return nil, fmt.Errorf("%s cannot be locked: %w", path, err)
	}
	if !locked {
		return nil, errOwned
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.release())
		}
	}()
	// It holds people's numbers: only its owner reads it.
	o.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", path, err)
	}
	if err := lockInode(o.file); err != nil {
		return nil, err
	}
	if o.opened, err = o.file.Stat(); err != nil {
		return nil, err
	}
	return o, nil
}

// errGone says that what SQLite writes to is no longer what the next process will find.
var errGone = errors.New("the file was deleted, moved or replaced while linqbot serves from it: put it back, or stop linqbot and put a backup in its place with linqbot restore")

// inPlace returns an error if a file of the ledger is no longer at its path. SQLite would go on with a file without a
// name, and all that it takes would be lost with the process.
func (o *ownership) inPlace() error {
	o.besides.mu.Lock()
	defer o.besides.mu.Unlock()
	return o.check()
}

// check is inPlace for whoever holds the lock of besides.
func (o *ownership) check() error {
	switch found, err := os.Stat(o.path); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: %w", o.path, errGone)
	case err != nil:
		return fmt.Errorf("the file of the ledger cannot be found: %w", err)
	case !os.SameFile(found, o.opened):
		return fmt.Errorf("%s: %w", o.path, errGone)
	}
	return o.besides.check(o.path)
}

// release gives the file up. It must come after SQLite has closed the file: the locks of SQLite are
// POSIX ones, and a process loses them when it closes any descriptor of the file.
func (o *ownership) release() error {
	var errs []error
	if o.file != nil {
		errs = append(errs, o.file.Close())
	}
	return errors.Join(append(errs, o.beside.Close())...)
}

// checkFile says whether there is a file, and what keeps it from being a ledger.
func checkFile(path string) (there bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !info.Mode().IsRegular():
		return true, fmt.Errorf("%s cannot be written: it is no file", path)
	case hasManyNames(info):
		return true, fmt.Errorf("%s: %w", path, errManyNames)
	}
	return true, nil
}

// resolveFile returns the path of a file without symbolic links, as SQLite does too, so that each way to
// write it leads to the same locks. The file need not be there, nor the folder, unless a link leads to
// it.
func resolveFile(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	const most = 40 // as Linux
	for range most {
		folder, err := filepath.EvalSymlinks(filepath.Dir(path))
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		path = filepath.Join(folder, filepath.Base(path))
		target, err := os.Readlink(path)
		if err != nil { // it is no link, or not there
			return path, nil //nolint:nilerr // whoever opens it says what is wrong
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(folder, target)
		}
		if _, err := os.Stat(filepath.Dir(target)); err != nil {
			return "", fmt.Errorf("%s is a symbolic link to a folder that cannot be opened: %w", path, err)
		}
		path = target
	}
	return "", fmt.Errorf("%s: too many symbolic links", path)
}

// bothNames shows a path as it was given, and what it leads to.
func bothNames(named, resolved string) string {
	if absolute, err := filepath.Abs(named); err != nil || absolute == resolved {
		return named
	}
	return named + " (" + resolved + ")"
}
