package commands_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands"
	"linqbot/ledger"
)

// Clicks side by side: the ledger records one, whoever clicks, the first time and after a refusal.
func TestClicksSideBySideAddOnce(t *testing.T) {
	t.Parallel()
	for name, user := range map[string]func(i int) string{
		"one person": func(int) string { return "U2" },
		"many":       func(i int) string { return fmt.Sprint("U", i) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newUndoEnv(t, anyone())
			const clicks = 20
			for round := 1; round <= 3; round++ {
				var silent atomic.Int64
				var all sync.WaitGroup
				for i := range clicks {
					all.Go(func() {
						if len(e.run(user(i))) == 0 {
							silent.Add(1)
						}
					})
				}
				all.Wait()
				assert.Equal(t, silent.Load(), int64(1), "one click is recorded, the others are told of it")
				additions := e.additions(e.removal)
				assert.Equal(t, len(additions), round)
				e.ends(additions[round-1], ledger.Refused)
				e.later(time.Minute)
			}
		})
	}
}

// slowRecords keep what they read back for a while, so that others come in between.
type slowRecords struct {
	commands.UndoRecords
	between func()
}

func (s slowRecords) UndoneBy(ctx context.Context, id string) (ledger.Request, error) {
	r, err := s.UndoRecords.UndoneBy(ctx, id)
	s.between()
	return r, err
}

// Between looking and recording somebody else adds the person back, to the very end.
func TestUndoBetweenLookingAndRecording(t *testing.T) {
	t.Parallel()
	for _, state := range []ledger.State{ledger.Accepted, ledger.Sent, ledger.Added, ledger.AlreadyThere, ledger.Unconfirmed} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			e := newUndoEnv(t, anyone())
			slow := slowRecords{e.ledger, func() {
				e.run("U3")
				if addition := e.additions(e.removal)[0]; state.Final() {
					e.ends(addition, state)
				}
			}}
			second := commands.NewUndo(commands.UndoConfig{
				Gate: gate(anyone(), nil), Recorder: e.ledger, Records: slow, Logger: quiet(),
				Now: func() time.Time { return askedAt().Add(time.Hour) },
			})
			answer := shownAnswer(second.Run(t.Context(), e.click("U2")))
			assert.Assert(t, strings.Contains(answer, "already asked for by [@U3] at "), answer)
			assert.Equal(t, len(e.additions(e.removal)), 1)
		})
	}
}
