package dbfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// CheckPath says what is wrong with the spelling of a path that follows sqlite://. The spellings of a shell or of
// SQLite itself have no meaning there: each would become the name of a file or a folder.
func CheckPath(path string) error {
	first, _, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	switch {
	case path == "" || strings.ContainsAny(path, "?#"):
		return errors.New("must be sqlite:// and the path of a file, such as sqlite://linqbot.db or sqlite:///data/linqbot.db, or postgres://user:password@host:5432/database")
	case strings.Contains(path, ":memory:"):
		return errors.New("keeps the ledger in memory, where the end of the process would lose it: name a file, such as sqlite:///var/lib/linqbot/linqbot.db")
	case strings.HasPrefix(first, "~"):
		return errors.New("has a ~, which stands for a home only in a shell: write the whole path, such as sqlite:///home/linqbot/linqbot.db")
	case strings.HasPrefix(first, "$"):
		return errors.New("has a $, and variables have a value only in a shell: write the whole path, such as sqlite:///var/lib/linqbot/linqbot.db")
	case strings.HasSuffix(path, "/") || filepath.Base(path) == "." || filepath.Base(path) == "..":
		return errors.New("names a folder: name a file in it, such as sqlite:///var/lib/linqbot/linqbot.db")
	}
	return nil
}

// CheckFolder refuses a relative path into a folder that is not there. It is most often an absolute one
// that lacks its third slash, and would make a ledger where nobody looks for it.
func CheckFolder(path string) error {
	if filepath.IsAbs(path) {
		return nil
	}
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return nil // whoever opens it says what is wrong
	}
	here, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	return fmt.Errorf("sqlite://%s leads to the folder %s in %s, and there is none: write sqlite:///%s, with three slashes, for the file %s; or make the folder",
		path, folder, here, path, filepath.Clean("/"+path))
}

// MakeFolder makes the folder of a file, for its owner alone, and returns its path; "" if it was there.
func MakeFolder(path string) (made string, err error) {
	if err := CheckFolder(path); err != nil {
		return "", fmt.Errorf("DATABASE_URL: %w", err)
	}
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return "", nil // whoever opens it says what is wrong
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("DATABASE_URL: the folder of %s cannot be made: %w", path, err)
	}
	return folder, nil
}
