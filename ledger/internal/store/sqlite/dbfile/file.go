// Package dbfile is the file of an SQLite ledger: what its path may be, where it leads, and who owns it. It knows nothing
// of what is in the file. Begin with [Own].
package dbfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Ownership is what makes this process the one owner of an SQLite file: a lock on a file beside it, and
// one on the file itself.
//
// Neither is enough alone. The lock beside belongs to a name: it protects a file that is not there yet,
// and holds on every system. The lock on the file belongs to its inode: it holds when the file is
// renamed or mounted elsewhere, and when somebody deletes the lock beside it.
type Ownership struct {
	path    string
	beside  *flock.Flock
	file    *os.File // nil until it is there
	opened  fs.FileInfo
	besides besides
}

// ErrOwned says that another process owns the file.
var ErrOwned = errors.New("another linqbot owns it")

var errManyNames = errors.New("the file has more than one name (hard links), and SQLite would keep its newest data beside each name apart: " +
	"remove the other names, or copy the file, and name the one that is left")

// Own makes this process the owner of the file at a path that [Resolve] returned. It makes the file
// if it is not there.
func Own(path string) (_ *Ownership, err error) {
	if _, err := Check(path); err != nil {
		return nil, err
	}
	o := &Ownership{path: path, beside: flock.New(path+".lock", flock.SetPermissions(0o600))}
	locked, err := o.beside.TryLock()
	if err != nil {
		return nil, fmt.Errorf("%s cannot be locked: %w", path, err)
	}
	if !locked {
		return nil, ErrOwned
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.Release())
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

// InPlace returns an error if a file of the ledger is no longer at its path. SQLite would go on with a file without a
// name, and all that it takes would be lost with the process.
func (o *Ownership) InPlace() error {
	o.besides.mu.Lock()
	defer o.besides.mu.Unlock()
	return o.check()
}

// Opening has open make a connection. It gives open a way to look whether the files are in place, since the
// connection itself makes some of them.
func (o *Ownership) Opening(open func(inPlace func() error) error) error {
	return o.besides.opening(func() error { return open(o.check) })
}

// Closing has end end a connection.
func (o *Ownership) Closing(end func() error) error { return o.besides.closing(end) }

// check is InPlace for callers that hold the lock of besides.
func (o *Ownership) check() error {
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

// Release gives the file up. It must come after SQLite has closed the file: the locks of SQLite are
// POSIX ones, and a process loses them when it closes any descriptor of the file.
func (o *Ownership) Release() error {
	var errs []error
	if o.file != nil {
		errs = append(errs, o.file.Close())
	}
	return errors.Join(append(errs, o.beside.Close())...)
}

// Check says whether there is a file, and what keeps it from being a ledger.
func Check(path string) (there bool, err error) {
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

// Resolve returns the path of a file without symbolic links, as SQLite does too, so that each way to
// write it leads to the same locks. The file need not be there, nor the folder, unless a link leads to
// it.
func Resolve(path string) (string, error) {
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
			return path, nil //nolint:nilerr // opening it says what is wrong
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

// BothNames shows a path as it was given, and what it leads to.
func BothNames(named, resolved string) string {
	if absolute, err := filepath.Abs(named); err != nil || absolute == resolved {
		return named
	}
	return named + " (" + resolved + ")"
}
