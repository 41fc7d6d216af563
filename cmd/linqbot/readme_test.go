package main

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/ledger"
)

// page returns the text of a page of the documentation.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whoever runs linqbot finds every variable, command and state in a table.
func TestTheTablesAreComplete(t *testing.T) {
	t.Parallel()
	row := func(name, cell string) {
		t.Helper()
		if !strings.Contains(page(t, name), "\n| `"+cell+"` |") {
			t.Errorf("docs/%s has no table row for %s", name, cell)
		}
	}
	for _, v := range config.Variables() {
		if want := variableRow(v); !strings.Contains(page(t, "configuration.md"), "\n"+want+"\n") {
			t.Errorf("docs/configuration.md has no row:\n%s", want)
		}
	}
	for _, cmd := range newRoot().Commands() {
		if !cmd.Hidden {
			row("operations.md", "linqbot "+cmd.Name())
		}
	}
	for _, state := range ledger.States() {
		row("using.md", string(state))
	}
}

// variableRow is how a variable stands in a table of all.
func variableRow(v config.Variable) string {
	unset := v.Unset
	switch {
	case v.Required:
		unset = "required"
	case v.Default != "":
		unset = "`" + v.Default + "`"
	}
	return strings.ReplaceAll("| `"+v.Name+"` | "+unset+" | "+v.Doc+" |", "|  |", "| |")
}

// Every variable that the table lists is one.
func TestTheTablesInventNothing(t *testing.T) {
	t.Parallel()
	known := make(map[string]bool)
	for _, v := range config.Variables() {
		known[v.Name] = true
	}
	for _, found := range regexp.MustCompile("\n\\| `([A-Z_0-9]+)` \\|").FindAllStringSubmatch(page(t, "configuration.md"), -1) {
		if !known[found[1]] {
			t.Errorf("docs/configuration.md lists %s, which is no variable", found[1])
		}
	}
}

// What SECURITY.md promises is shown by the tests that it names.
func TestSecurityNamesItsTests(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Za-z0-9]+)`").FindAllStringSubmatch(string(text), -1)
	const fewest = 30
	if len(named) < fewest {
		t.Errorf("SECURITY.md names %d tests", len(named))
	}
	there := testFunctions(t, os.DirFS("../.."))
	for _, name := range named {
		if !there[name[1]] {
			t.Errorf("SECURITY.md names %s, which is no test", name[1])
		}
	}
}

func testFunctions(t *testing.T, tree fs.FS) map[string]bool {
	t.Helper()
	found := make(map[string]bool)
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)[A-Za-z0-9]+)\(`)
	err := fs.WalkDir(tree, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(tree, path)
		for _, m := range function.FindAllSubmatch(text, -1) {
			found[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Every outcome that is counted stands in the row of the metric.
func TestTheMetricHasEveryOutcome(t *testing.T) {
	t.Parallel()
	_, row, _ := strings.Cut(page(t, "metrics.md"), "\n| `linqbot_commands_total` |")
	row, _, _ = strings.Cut(row, "\n")
	counted := regexp.MustCompile(`Count\((?:ledger\.\w+|source), "(\w+)"|func (?:outcomeName|decidedName)[^}]*"(\w+)"[^}]*"(\w+)"[^}]*"(\w+)"`)
	found := 0
	for _, folder := range []string{"../../commands", "../../bot"} {
		tree := os.DirFS(folder)
		err := fs.WalkDir(tree, ".", func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			code, err := fs.ReadFile(tree, path)
			for _, match := range counted.FindAllStringSubmatch(string(code), -1) {
				for _, outcome := range slices.DeleteFunc(match[1:], func(s string) bool { return s == "" }) {
					if found++; !strings.Contains(row, "`"+outcome+"`") {
						t.Errorf("docs/metrics.md does not name the outcome %s", outcome)
					}
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 25 {
		t.Errorf("%d outcomes found: the code counts them in another way", found)
	}
}
