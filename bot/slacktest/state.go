package slacktest

import (
	"crypto/rand"
	"fmt"
	"time"
)

// world is everything Slack remembers. It has no lock of its own: see [Slack.change].
type world struct {
	cfg Config

	users      table[User]
	groups     table[Group]
	channels   table[*conversation]
	responses  table[*responseURL]
	triggers   table[*trigger]
	views      table[*View]
	executions table[*Execution]

	lastTS     time.Time // of the newest message
	ids        int       // how many ids were made
	pings      []Message
	violations []string
}

func newWorld(cfg Config) *world {
	w := &world{cfg: cfg}
	w.users.put(slackbot, User{ID: slackbot, Name: "Slackbot", TeamID: cfg.TeamID, Bot: true})
	w.users.put(cfg.BotUserID, User{ID: cfg.BotUserID, Name: cfg.BotName, TeamID: cfg.TeamID, Bot: true})
	return w
}

// newID makes an id that was not used before.
func (w *world) newID(prefix string) string {
	w.ids++
	return fmt.Sprintf("%s%06d", prefix, w.ids)
}

// newSecret makes an id that cannot be guessed and that no other workspace makes.
func (w *world) newSecret() string {
	return fmt.Sprintf("%d.%s", w.cfg.Now().UnixMilli(), rand.Text())
}

// newTS makes the id of a message: its time in microseconds, later than every other's even when
// the clock stands still.
func (w *world) newTS() string {
	at := w.cfg.Now().Truncate(time.Microsecond)
	if !at.After(w.lastTS) {
		at = w.lastTS.Add(time.Microsecond)
	}
	w.lastTS = at
	return fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/int(time.Microsecond))
}

// timeOf reads the time out of a message's id.
func timeOf(ts string) time.Time {
	var seconds, micros int64
	_, _ = fmt.Sscanf(ts, "%d.%d", &seconds, &micros) // made by newTS
	return time.Unix(seconds, micros*int64(time.Microsecond))
}

// table keeps values by id, in the order in which they came.
type table[T any] struct {
	byID map[string]T
	ids  []string
}

func (t *table[T]) get(id string) (T, bool) {
	v, ok := t.byID[id]
	return v, ok
}

func (t *table[T]) put(id string, v T) {
	if t.byID == nil {
		t.byID = make(map[string]T)
	}
	if _, ok := t.byID[id]; !ok {
		t.ids = append(t.ids, id)
	}
	t.byID[id] = v
}

func (t *table[T]) all() []T {
	all := make([]T, len(t.ids))
	for i, id := range t.ids {
		all[i] = t.byID[id]
	}
	return all
}
