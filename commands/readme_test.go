package commands_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The README lists every sentence that says why something was not done, or not yet, as people read it: those of
// a removal, those of an addition, and, by an example each, those of a command that cannot be read.
func TestTheReadmeHasEverySentence(t *testing.T) {
	t.Parallel()
	readme := read(t, "../README.md")
	for _, group := range []string{
		"reasons", "refused_codes", "refused_statuses", "under_way", "failed",
		"add_reasons", "add_refused_codes", "add_refused_statuses", "add_under_way", "add_failed",
	} {
		var table []string
		for line := range strings.Lines(read(t, filepath.Join("testdata", "explain", group+".golden"))) {
			what, sentence, ok := strings.Cut(line, ": ")
			if !ok {
				t.Fatalf("%s.golden has a line without a name: %s", group, line)
			}
			table = append(table, row(what, sentence))
		}
		holds(t, readme, table)
	}

	files, err := filepath.Glob("parse/testdata/parse/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	var table []string
	for _, file := range files {
		code := strings.TrimSuffix(filepath.Base(file), ".golden")
		_, rest, ok := strings.Cut(read(t, file), "\nsentence:")
		if !ok {
			t.Fatalf("%s has no sentence", file)
		}
		sentence, _, _ := strings.Cut(rest, "\n")
		table = append(table, row(code, sentence))
	}
	holds(t, readme, table)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func row(what, sentence string) string {
	return fmt.Sprintf("| %s | %s |\n", what, strings.ReplaceAll(strings.TrimSpace(sentence), "|", `\|`))
}

func holds(t *testing.T, readme string, table []string) {
	t.Helper()
	for _, row := range table {
		if !strings.Contains(readme, row) {
			t.Errorf("a table in README.md is to have these rows:\n%s", strings.Join(table, ""))
			return
		}
	}
}
