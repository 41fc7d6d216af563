package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// checkSQLiteURL says what is wrong with the spelling of a path that follows sqlite://. Nothing of a shell's
// or SQLite's own spellings has a meaning there: each would become the name of a file or a folder.
func checkSQLiteURL(path string) error {
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

// checkFolderOf refuses a relative path into a folder that is not there. It is most often an absolute one
// that lacks its third slash, and would make a ledger where nobody looks for it.
func checkFolderOf(path string) error {
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

// MakeFolder makes the folder of the SQLite file that a DATABASE_URL names, for its owner alone, and returns
// its path; "" if it was there, or if the URL names no file.
func MakeFolder(databaseURL string) (made string, err error) {
	if err := CheckURL(databaseURL); err != nil {
		return "", fmt.Errorf("DATABASE_URL %w", err)
	}
	if isPostgres(databaseURL) {
		return "", nil
	}
	path := strings.TrimPrefix(databaseURL, sqliteScheme)
	if err := checkFolderOf(path); err != nil {
		return "", fmt.Errorf("DATABASE_URL: %w", err)
	}
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return "", nil // whoever opens it says what is wrong
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", advised(fmt.Errorf("DATABASE_URL: the folder of %s cannot be made: %w", path, err))
	}
	return folder, nil
}
