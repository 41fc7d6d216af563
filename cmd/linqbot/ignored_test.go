package main

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// madeByPeople returns the files that the documentation and the manifests tell people to make, from the root
// of the repository. Those with absolute paths are made elsewhere.
func madeByPeople(t *testing.T) []string {
	t.Helper()
	made := []string{
		"linqbot.db", "linqbot.db-wal", "linqbot.db-shm", "linqbot.db.lock", "linqbot.db-journal", // made by linqbot itself
		"linqbot.env", "staging.env", "linqbot.env.old", ".env", ".env.local", "linqbot.db.bak", "linqbot.sqlite3",
		"manifests/kubernetes/mine/kustomization.yaml",
	}
	told := []string{"../../README.md", "../../CONTRIBUTING.md"}
	for _, folder := range []string{"../../manifests/*.yaml", "../../docs/*.md"} {
		files, err := filepath.Glob(folder)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: there is none: %v", folder, err)
		}
		told = append(told, files...)
	}
	naming := regexp.MustCompile(`(?:[^<\->]>>?|--secret-file |--env-file |-m 600 /dev/null |/linqbot\.db )\s*([\w./-]*\w)`)
	found := 0
	for _, file := range told {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if !regexp.MustCompile(`read -rs|openssl|printf|cat|echo|linqbot|docker|cp `).MatchString(line) {
				continue
			}
			for _, match := range naming.FindAllStringSubmatch(line, -1) {
				name := match[1]
				if path.IsAbs(name) || path.Ext(name) == "" && !strings.Contains(name, "secret") {
					continue
				}
				found++
				made = append(made, path.Clean(name), path.Join("manifests", name))
			}
		}
	}
	const fewest = 10
	if found < fewest {
		t.Errorf("%d files found: the documentation names them in another way", found)
	}
	slices.Sort(made)
	return slices.Compact(made)
}

// What people make beside the code holds secrets, or others' numbers: git leaves it out.
func TestWhatPeopleMakeIsNotCommitted(t *testing.T) {
	t.Parallel()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git here")
	}
	rules, err := os.ReadFile("../../.gitignore")
	if err != nil {
		t.Fatal(err)
	}
	// The tests may run in a tree that git does not know.
	tree := t.TempDir()
	if err := os.WriteFile(filepath.Join(tree, ".gitignore"), rules, 0o600); err != nil { //nolint:gosec // a folder of this test
		t.Fatal(err)
	}
	inTree := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), git, args...)
		cmd.Dir = tree
		cmd.Env = []string{"HOME=" + tree, "PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1"}
		return cmd
	}
	if out, err := inTree("init", "--quiet").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range madeByPeople(t) {
		if err := inTree("check-ignore", "--quiet", name).Run(); err != nil {
			t.Errorf("git would commit %s", name)
		}
	}
	for _, name := range []string{"go.mod", "ledger/migrations/sqlite/00001_requests.sql", "manifests/compose.yaml", "manifests/kubernetes/example/kustomization.yaml"} {
		if err := inTree("check-ignore", "--quiet", name).Run(); err == nil {
			t.Errorf("git leaves out %s", name)
		}
	}
}

// Nor is it sent to the builder of the image.
func TestWhatPeopleMakeIsNotSentIntoABuild(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			rules = append(rules, line)
		}
	}
	for _, name := range madeByPeople(t) {
		if !dockerIgnores(t, rules, name) {
			t.Errorf("%s is sent into the build", name)
		}
	}
	for _, name := range []string{"go.mod", "cmd/linqbot/main.go", "ledger/migrations/sqlite/00001_requests.sql", "manifests/slack-app.yaml"} {
		if dockerIgnores(t, rules, name) {
			t.Errorf("%s is missing from the build", name)
		}
	}
}

// dockerIgnores reads the rules as Docker does, as far as ours go: a rule holds for a path and for all
// below it, and a leading **/ stands for any folders, or none.
func dockerIgnores(t *testing.T, rules []string, name string) bool {
	t.Helper()
	for _, rule := range rules {
		rest, anywhere := strings.CutPrefix(rule, "**/")
		if strings.Contains(rest, "**") || strings.HasPrefix(rule, "!") || strings.HasPrefix(rule, "/") {
			t.Fatalf("this test cannot read %s", rule)
		}
		parts := strings.Split(name, "/")
		for first := range parts {
			for last := first + 1; last <= len(parts); last++ {
				matched, err := path.Match(rest, strings.Join(parts[first:last], "/"))
				if err != nil {
					t.Fatal(err)
				}
				if matched && (anywhere || first == 0) {
					return true
				}
			}
		}
	}
	return false
}
