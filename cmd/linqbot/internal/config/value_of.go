package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// ValueOf returns NAME, or what the file NAME_FILE holds.
func ValueOf(lookup func(string) string, name string) (string, error) {
	value, path := strings.TrimSpace(lookup(name)), lookup(name+"_FILE")
	switch {
	case value == "" && lookup(name) != "": // ignoring it might let in people whom it was to keep out
		return "", fmt.Errorf("%s holds nothing but spaces: give it a value, or leave it out", name)
	case path == "":
		return value, nil
	case value != "":
		return "", fmt.Errorf("%s and %s_FILE are both set: keep one of them", name, name)
	}
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return "", fmt.Errorf("%s_FILE cannot be read: %w", name, withoutPath(path, err))
	}
	if !utf8.Valid(content) || bytes.ContainsAny(content, "\x00\uFEFF") {
		return "", fmt.Errorf("%s_FILE names a file that is not plain text: save it as UTF-8 without a byte order mark", name)
	}
	if value = strings.TrimSpace(string(content)); value == "" {
		return "", fmt.Errorf("%s_FILE names an empty file", name)
	}
	return value, nil
}

// withoutPath takes the path off an error, unless it certainly is a path. Somebody may have written the secret itself
// into NAME_FILE, and it must not show in a log.
func withoutPath(path string, err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok && !filepath.IsAbs(path) {
		return fmt.Errorf("it must be the path of a file: %w", failed.Err)
	}
	return err
}
