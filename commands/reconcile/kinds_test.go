package reconcile_test

import (
	"net/http"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// call is how Linq is asked for a kind of request.
type call struct {
	op     linqtest.Op
	method string
}

func kinds() map[ledger.Kind]call {
	return map[ledger.Kind]call{
		ledger.Remove: {linqtest.Remove, http.MethodDelete},
		ledger.Add:    {linqtest.Add, http.MethodPost},
	}
}

// without is a group of our line, Ben, Carla and Dan that still lists someone who is gone.
func without(handle, status string) linqtest.Chat {
	chat := group(ben, carla, dan)
	chat.People = append(chat.People, linqtest.Person{Handle: handle, Status: status})
	return chat
}

// adds turns the request of an env into one that adds the person back.
func (e *env) adds() {
	e.records.set(func(r *ledger.Request) { r.Kind, r.Source, r.Undoes = ledger.Add, ledger.UndoButton, "the-removal" })
}

// newAddEnv is an env in which Ada has been removed and is to come back.
func newAddEnv(t *testing.T, config linqtest.Config) *env {
	t.Helper()
	e := newEnv(t, config, without(ada, linq.StatusRemoved), ada)
	e.adds()
	return e
}

// come lets the person into the chat without a call.
func (e *env) come() {
	chat, ok := e.linq.Chat(e.chat)
	assert.Assert(e.t, ok)
	for i, p := range chat.People {
		if p.Handle == e.handle {
			chat.People[i].Status = linq.StatusActive
			e.linq.AddChat(chat)
			return
		}
	}
	chat.People = append(chat.People, linqtest.Person{Handle: e.handle})
	e.linq.AddChat(chat)
}

// newEnvOf is an env in which Ada is to leave a chat of four, or to come back to it.
func newEnvOf(t *testing.T, kind ledger.Kind, config linqtest.Config) *env {
	t.Helper()
	if kind == ledger.Add {
		return newAddEnv(t, config)
	}
	return newEnv(t, config, group(ada, ben, carla, dan), ada)
}

// sentOf is an env in which Linq has just queued the request, and does nothing about it by itself.
func sentOf(t *testing.T, kind ledger.Kind) *env {
	t.Helper()
	e := newEnvOf(t, kind, linqtest.Config{EffectDelay: linqtest.OnSettle})
	e.remove()
	assert.Equal(t, e.records.request().State, ledger.Sent)
	return e
}
