package e2e_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq/linqtest"
)

// page returns what a GET shows.
func (b *botProcess) page(path string) string {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.URL+path, nil)
	assert.NilError(b.t, err)
	response, err := http.DefaultClient.Do(request)
	assert.NilError(b.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	assert.NilError(b.t, err)
	return string(body)
}

// A bot with a wrong key serves, and says so before anybody asks for a removal; it takes the right one later.
func TestAWrongLinqKeyIsToldAtTheStart(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	path := filepath.Join(env.dir, "key")
	write := func(key string) { assert.NilError(t, os.WriteFile(path, []byte(key), 0o600)) }
	right := env.vars["LINQ_API_V3_API_KEY"]
	write("a-wrong-key-of-linq")
	delete(env.vars, "LINQ_API_V3_API_KEY")
	env.vars["LINQ_API_V3_API_KEY_FILE"] = path
	b := env.start()
	env.await("the log to say so", func() bool { return strings.Contains(b.Logs.String(), "Linq does not accept the API key") })
	assert.Equal(t, b.get("/readyz"), http.StatusOK)
	assert.Assert(t, strings.HasPrefix(b.page("/readyz"), "ready; Linq does not accept LINQ_API_V3_API_KEY"), b.page("/readyz"))
	assert.Assert(t, !strings.Contains(b.Logs.String(), "a-wrong-key"))

	write(right)
	assert.NilError(t, b.Cmd.Process.Signal(syscall.SIGHUP))
	env.await("/readyz to be content", func() bool { return b.page("/readyz") == "ready\n" })
	env.remove(ann)
	env.awaitOutcome("✅")
}
