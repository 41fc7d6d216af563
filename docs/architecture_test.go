package docs_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// Every package is in the page about the architecture.
func TestEveryPackageIsInTheArchitecture(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	err = fs.WalkDir(os.DirFS(".."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() || name == "." {
			return err
		}
		if entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") || name == "bot/slacktest/internal" {
			return fs.SkipDir
		}
		files, err := filepath.Glob(filepath.Join("..", name, "*.go"))
		if err != nil || len(files) == 0 {
			return err
		}
		found++
		// A row names one package in full, or several of one folder.
		if !strings.Contains(string(page), "`"+name+"`") && !strings.Contains(string(page), "`"+path.Base(name)+"`") {
			t.Errorf("architecture.md does not name %s", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const fewest = 40
	if found < fewest {
		t.Errorf("%d packages found", found)
	}
}
