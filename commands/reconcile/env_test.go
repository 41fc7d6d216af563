package reconcile_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/commands/commandstest"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

const (
	line  = commandstest.Line
	ada   = commandstest.Ada
	ben   = commandstest.Ben
	carla = commandstest.Carla
	dan   = commandstest.Dan

	requestID = commandstest.RequestID
)

// env is a Linq with one chat, a ledger with one request for it, and the steps between the two.
type env struct {
	t       *testing.T
	linq    *commandstest.Linq
	chat    string
	handle  string
	records *records
	steps   *reconcile.Steps
	client  *linq.Client
	ctx     context.Context // a test may replace it by one that ends
}

// newEnv must be called in a bubble of synctest.
func newEnv(t *testing.T, config linqtest.Config, chat linqtest.Chat, handle string) *env {
	t.Helper()
	server := commandstest.NewLinq(t, config)
	id := server.AddChat(chat)
	e := &env{t: t, linq: server, chat: id, handle: handle, client: server.Client, ctx: t.Context()}
	e.records = newRecords(ledger.Request{
		Order: ledger.Order{
			Delivery: "Tr1", Kind: ledger.Remove, Source: ledger.SlashCommand, UserID: "U1", ChannelID: "C1",
			ChatID: id, Handle: ledger.NewSecret(handle),
		},
		ID: requestID, State: ledger.Accepted, AcceptedAt: time.Now(),
	})
	e.restart()
	return e
}

// restart is what a new process begins with: what is on disk, and nothing else.
func (e *env) restart() { e.stepsWith(e.client) }

func (e *env) stepsWith(chats reconcile.Chats) {
	e.steps = reconcile.NewSteps(reconcile.StepsConfig{
		Chats: chats, Records: e.records, Logger: quiet(), Lines: knownLines(),
		Jitter: func(wait time.Duration) time.Duration { return wait },
	})
}

func quiet() *logrus.Logger { return commandstest.Quiet() }

func group(people ...string) linqtest.Chat { return commandstest.Group(people...) }

// accountLines lists our lines without a call.
type accountLines []linq.PhoneNumber

func (l accountLines) PhoneNumbers(context.Context) ([]linq.PhoneNumber, error) { return l, nil }

// knownLines are those of an account whose one line is known.
func knownLines() *reconcile.OwnLines {
	return reconcile.NewOwnLines(reconcile.OwnLinesConfig{Reader: accountLines{{Number: handle.New(line)}}, Logger: quiet()})
}

func (e *env) remove() time.Duration {
	e.t.Helper()
	wait, err := e.steps.Try(e.ctx, requestID)
	assert.NilError(e.t, err)
	return wait
}

// unlist takes the person off the chat's list, as Linq may do some time after they have left.
func (e *env) unlist() {
	chat, ok := e.linq.Chat(e.chat)
	assert.Assert(e.t, ok)
	chat.People = slices.DeleteFunc(chat.People, func(p linqtest.Person) bool { return p.Handle == e.handle })
	e.linq.AddChat(chat)
}

func (e *env) leave() { assert.Assert(e.t, e.linq.LeaveByThemselves(e.chat, e.handle)) }

// effects counts how often someone left because of a call.
func (e *env) effects() int {
	n := 0
	for _, event := range e.linq.Events() {
		if event.TraceID != "" {
			n++
		}
	}
	return n
}

// records is a ledger in memory. A request's version travels in Order.Rule, which the steps have no
// business with.
type records struct {
	mu      sync.Mutex
	now     ledger.Request
	version int
	changes []ledger.Change
	states  []ledger.State

	failing func(ledger.Request) error // asked before each save; nil: none fails

	opposing ledger.Request // what wants the contrary; the zero value is nothing
}

func newRecords(r ledger.Request) *records {
	return &records{now: r}
}

func (r *records) rule() string { return fmt.Sprint("version ", r.version) }

func (r *records) Request(_ context.Context, id string) (ledger.Request, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if id != r.now.ID {
		return ledger.Request{}, ledger.ErrNotFound
	}
	r.now.Rule = r.rule()
	return r.now, nil
}

func (r *records) Opposing(context.Context, ledger.Request) (ledger.Request, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.opposing.ID == "" {
		return ledger.Request{}, ledger.ErrNotFound
	}
	return r.opposing, nil
}

func (r *records) Save(ctx context.Context, request ledger.Request, c ledger.Change) (ledger.Request, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return ledger.Request{}, err
	}
	if r.failing != nil {
		if err := r.failing(request); err != nil {
			return ledger.Request{}, err
		}
	}
	if request.Rule != r.rule() {
		return ledger.Request{}, ledger.ErrStale
	}
	r.version++
	request.Rule = r.rule()
	r.now, r.changes, r.states = request, append(r.changes, c), append(r.states, request.State)
	return request, nil
}

// set changes the request behind the steps' back.
func (r *records) set(change func(*ledger.Request)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.version++
	change(&r.now)
}

func (r *records) request() ledger.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *records) history() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var causes []string
	for _, c := range r.changes {
		causes = append(causes, c.Cause)
	}
	return causes
}
