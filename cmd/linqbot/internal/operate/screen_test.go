package operate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

const (
	line = "+14155550100"
	ann  = "+14155550132"
)

// env is a Linq with chats that Ann is in, and an operator at a terminal.
type env struct {
	t    *testing.T
	linq *linqtest.Linq
	ids  []string
	cfg  Config
	out  bytes.Buffer
}

func newEnv(t *testing.T, chats int, answer string) *env {
	t.Helper()
	e := &env{t: t, linq: linqtest.Start(t, linqtest.Config{})}
	for i := range chats {
		e.ids = append(e.ids, e.linq.AddChat(linqtest.Group(fmt.Sprintf("Launch %02d", i), line, ann, "+14155550133", "+14155550134", "+14155550135")))
	}
	variables := map[string]string{
		"DATABASE_URL":        "sqlite://" + filepath.Join(t.TempDir(), "ledger.db"),
		"LINQ_API_V3_API_KEY": e.linq.APIKey(), "LINQ_API_V3_BASE_URL": e.linq.BaseURL(),
	}
	settings, err := config.LoadOnly(func(name string) string { return variables[name] },
		"DATABASE_URL", "LINQ_API_V3_API_KEY", "LINQ_API_V3_BASE_URL", "DEFAULT_REGION", "LINQ_CONCURRENCY")
	assert.NilError(t, err)
	e.cfg = Config{Settings: settings, In: strings.NewReader(answer), Out: &e.out, Err: io.Discard}
	return e
}

func (e *env) run(asked Request) error {
	e.t.Helper()
	asked.Name = "Olga"
	return Run(e.t.Context(), e.cfg, asked)
}

func (e *env) deletes() (all int) {
	for _, id := range e.ids {
		all += e.linq.Deletes(id, ann)
	}
	return all
}

func TestAPersonIsAskedAtATerminal(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		chats   int
		answer  string
		asks    string
		removed bool
	}{
		"yes":              {2, "y\n", "Remove from 2 chats? [y/N] ", true},
		"in full":          {2, "YES\n", "Remove from 2 chats? [y/N] ", true},
		"no":               {2, "n\n", "Remove from 2 chats? [y/N] ", false},
		"nothing":          {2, "\n", "Remove from 2 chats? [y/N] ", false},
		"the end":          {2, "", "Remove from 2 chats? [y/N] ", false},
		"the number":       {21, "21\n", "This is about 21 chats. To go on, type the number: ", true},
		"a yes for many":   {21, "y\n", "This is about 21 chats. To go on, type the number: ", false},
		"another number":   {21, "20\n", "This is about 21 chats. To go on, type the number: ", false},
		"nobody to remove": {0, "", "No group chat has", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, tc.chats, tc.answer)
			err := e.run(Request{Job: ledger.Offboard, Text: ann})
			said := e.out.String()
			assert.Assert(t, strings.Contains(said, tc.asks), said)
			if !tc.removed {
				assert.Equal(t, e.deletes(), 0)
				assert.Assert(t, (err == nil) == (tc.chats == 0), "%v", err)
				return
			}
			assert.NilError(t, err)
			assert.Equal(t, e.deletes(), tc.chats)
			assert.Assert(t, strings.Contains(said, "\r\x1b[2K["), "a bar is drawn: %q", said)
			assert.Assert(t, strings.Contains(said, fmt.Sprintf("[####################] %d/%d %d removed.\n", tc.chats, tc.chats, tc.chats)), "%q", said)
		})
	}
}

// What needs a person stands in a table in the end, masked unless whole handles are asked for.
func TestTheTableOfWhatNeedsAPerson(t *testing.T) {
	t.Parallel()
	for full, who := range map[bool]string{false: "+1 ••• ••• 0132", true: ann} {
		e := newEnv(t, 1, "y\n")
		e.linq.AddChat(linqtest.Group("Too small\x1b[31m", line, ann, "+14155550133"))
		e.cfg.FullHandles = full
		err := e.run(Request{Job: ledger.Offboard, Text: ann})
		assert.Assert(t, errors.Is(err, errUndone), "%v", err)
		said := e.out.String()
		rows := said[strings.LastIndex(said, "WHO"):]
		assert.Assert(t, strings.Contains(rows, who+"  Too small?[31m"), "%q", rows)
	}
}

// Interrupted while it asks, it leaves nothing behind that waits.
func TestInterruptedWhileItAsks(t *testing.T) {
	t.Parallel()
	e := newEnv(t, 2, "")
	ctx, interrupt := context.WithCancel(t.Context())
	waiting, write := io.Pipe()
	t.Cleanup(func() { _ = write.Close() })
	e.cfg.In = readerFunc(func(p []byte) (int, error) {
		interrupt()
		return waiting.Read(p)
	})
	err := Run(ctx, e.cfg, Request{Job: ledger.List, Text: e.ids[0] + " " + ann, Name: "Olga"})
	assert.ErrorContains(t, err, "interrupted")
	e.cfg.In = strings.NewReader("y\n")
	e.out.Reset()
	assert.NilError(t, e.run(Request{Job: ledger.List, Text: e.ids[0] + " " + ann}))
	assert.Assert(t, !strings.Contains(e.out.String(), "under way already"), e.out.String())
	assert.Equal(t, e.deletes(), 1)
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
