package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"linqbot/cmd/linqbot/e2e/internal/processtest"
)

// bareProgram builds the server in testdata/bare, once, and returns its path. It lies beside linqbot
// and is removed with it.
var bareProgram = sync.OnceValues(func() (string, error) {
	dir, err := programFolder()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "bare")
	if said, err := exec.Command("go", "build", "-o", path, "./testdata/bare").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, said)
	}
	return path, nil
})

// boltApp installs the app in testdata/bolt, once, and returns the path of its script.
var boltApp = sync.OnceValues(func() (string, error) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", fmt.Errorf("%w: Bolt needs %s: %w", errAbsent, tool, err)
		}
	}
	dir, err := programFolder()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "bolt")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "bolt"))); err != nil {
		return "", err
	}
	install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if said, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: Bolt cannot be installed from npm: %w\n%s", errAbsent, err, processtest.Tail(string(said), 5))
	}
	return filepath.Join(dir, "app.js"), nil
})

func programFolder() (string, error) {
	path, err := program()
	return filepath.Dir(path), err
}
