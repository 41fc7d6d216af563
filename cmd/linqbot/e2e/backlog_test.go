package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"linqbot/linq/linqtest"
)

// A Linq that cannot keep up gets few calls, however many removals wait, and all of them are done
// once it is well again.
func TestABacklogAndAStrugglingLinq(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	handles := numbers(3000, 30)
	env.chat = env.linq.AddChat(linqtest.Group("Backlog", line, append(handles, numbers(100, 3)...)...))
	env.linq.Inject(linqtest.Fault{Status: http.StatusServiceUnavailable, Code: 4004})
	b := env.start()
	for _, handle := range handles {
		env.remove(handle)
	}

	// The first pause comes after four answers and what is under way by then, at most 8 readings and 8
	// DELETEs. Each of the next comes after one try, which is two calls, and one more may have begun.
	env.await("linqbot to leave Linq alone", func() bool { return b.pauses() >= 3 })
	if calls, pauses := len(env.linq.Calls()), b.pauses(); calls > 3+16+2*pauses {
		t.Errorf("%d calls to a Linq that struggles, and %d pauses", calls, pauses)
	}
	calls := env.linq.Calls()
	if took := calls[len(calls)-1].At.Sub(calls[0].At); took < (800+1600)*time.Millisecond {
		t.Errorf("pauses of 1 s and 2 s, a fifth more or less, were over after %s", took)
	}
	env.linq.ClearFaults()
	for _, handle := range handles {
		env.await("somebody to leave", func() bool { return env.linq.Effects(env.chat, handle) > 0 })
	}
	for _, handle := range handles {
		if got := env.linq.Effects(env.chat, handle); got != 1 {
			t.Errorf("%s left %d times", handle, got)
		}
	}
}

func (b *botProcess) pauses() int {
	return strings.Count(b.Logs.String(), "Linq struggles; all steps wait")
}
