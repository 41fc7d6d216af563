package main

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/docs/docstest"
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

// The tables that can be generated are: `make docs` writes them again.
func TestTheGeneratedTables(t *testing.T) {
	t.Parallel()
	variables := [][]string{{"variable", "default", "meaning"}}
	for _, v := range config.Variables() {
		variables = append(variables, []string{"`" + v.Name + "`", unsetOf(v), v.Doc})
	}
	docstest.Table(t, "../../docs/configuration.md", "variables", variables)

	commands := [][]string{{"command", "what it does"}}
	for _, cmd := range newRoot().Commands() {
		if !cmd.Hidden {
			commands = append(commands, []string{"`linqbot " + cmd.Name() + "`", cmd.Short})
		}
	}
	docstest.Table(t, "../../docs/operations.md", "commands", commands)

	states := [][]string{{"state", "final", "meaning"}}
	for _, state := range ledger.States() {
		final := "no"
		if state.Final() {
			final = "yes"
		}
		states = append(states, []string{"`" + string(state) + "`", final, state.Meaning()})
	}
	docstest.Table(t, "../../docs/using.md", "states", states)
}

// unsetOf says what holds while a variable is not set.
func unsetOf(v config.Variable) string {
	switch {
	case v.Required:
		return "required"
	case v.Default != "":
		return "`" + v.Default + "`"
	default:
		return v.Unset
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

// Every outcome that is counted stands in the paragraph about the metric.
func TestTheMetricHasEveryOutcome(t *testing.T) {
	t.Parallel()
	_, outcomes, _ := strings.Cut(page(t, "metrics.md"), "\n## The outcomes of `linqbot_commands_total`\n")
	outcomes, _, _ = strings.Cut(outcomes, "\n## ")
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
					if found++; !strings.Contains(outcomes, "`"+outcome+"`") {
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
