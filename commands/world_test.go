package commands_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/commands"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

const (
	line  = "+12025550100"
	ada   = "+12025550132"
	ben   = "+12025550143"
	carla = "carla@example.com"
	dan   = "+12025550165"

	requestID = "0198f2c4-7a10-7c55-9d3e-3b5f00c0ffee"
)

// wire carries HTTP inside a bubble of synctest, where waiting on a socket would hold the clock.
type wire struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newWire() *wire { return &wire{calls: make(chan net.Conn), closed: make(chan struct{})} }

func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case w.calls <- far:
		return near, nil
	case <-w.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) Accept() (net.Conn, error) {
	select {
	case conn := <-w.calls:
		return conn, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error {
	w.once.Do(func() { close(w.closed) })
	return nil
}

func (w *wire) Addr() net.Addr { return &net.IPAddr{} }

// road leads calls to Linq, or into a refused connection.
type road struct {
	open, refusing *http.Transport

	mu     sync.Mutex
	refuse func(*http.Request) bool
}

func (r *road) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	refuse := r.refuse != nil && r.refuse(request)
	r.mu.Unlock()
	if refuse {
		return r.refusing.RoundTrip(request)
	}
	return r.open.RoundTrip(request)
}

// world is a Linq with one chat, a ledger with one request for it, and the steps between the two.
type world struct {
	t       *testing.T
	linq    *linqtest.Linq
	road    *road
	chat    string
	handle  string
	records *records
	steps   *commands.Steps
	client  *linq.Client
	ctx     context.Context // a test may replace it by one that ends
}

// newWorld must be called in a bubble of synctest.
func newWorld(t *testing.T, config linqtest.Config, chat linqtest.Chat, handle string) *world {
	t.Helper()
	server, path := linqtest.New(config), newWire()
	front := &http.Server{Handler: server, ReadHeaderTimeout: time.Hour, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = front.Serve(path) }()
	refused := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}
	way := &road{open: &http.Transport{DialContext: path.dial}, refusing: &http.Transport{DialContext: refused}}
	t.Cleanup(func() {
		way.open.CloseIdleConnections()
		_ = front.Close()
		server.Close()
	})
	client, err := linq.New(linq.Config{
		BaseURL: "http://localhost" + linqtest.Prefix, APIKey: server.APIKey(), HTTPClient: &http.Client{Transport: way},
	})
	assert.NilError(t, err)

	id := server.AddChat(chat)
	w := &world{t: t, linq: server, road: way, chat: id, handle: handle, client: client, ctx: t.Context()}
	w.records = newRecords(ledger.Request{
		Order: ledger.Order{
			Delivery: "Tr1", Kind: ledger.Remove, Source: ledger.SlashCommand, UserID: "U1", ChannelID: "C1",
			ChatID: id, Handle: ledger.Conceal(handle),
		},
		ID: requestID, State: ledger.Accepted, AcceptedAt: time.Now(),
	})
	w.restart()
	return w
}

// restart is what a new process begins with: what is on disk, and nothing else.
func (w *world) restart() { w.stepsWith(w.client) }

func (w *world) stepsWith(chats commands.Chats) {
	w.steps = commands.NewSteps(commands.StepsConfig{
		Chats: chats, Records: w.records, Logger: quiet(), Lines: knownLines(),
		Jitter: func(wait time.Duration) time.Duration { return wait },
	})
}

// accountLines lists our lines without a call.
type accountLines []linq.PhoneNumber

func (l accountLines) PhoneNumbers(context.Context) ([]linq.PhoneNumber, error) { return l, nil }

// knownLines are those of an account whose one line is known.
func knownLines() *commands.OwnLines {
	return commands.NewOwnLines(commands.OwnLinesConfig{Reader: accountLines{{Number: linq.NewHandle(line)}}, Logger: quiet()})
}

func (w *world) remove() time.Duration {
	w.t.Helper()
	wait, err := w.steps.Try(w.ctx, requestID)
	assert.NilError(w.t, err)
	return wait
}

// fail makes the next so many calls of a kind go wrong, 0 for all.
func (w *world) fail(op linqtest.Op, times int, fault linqtest.Fault) {
	fault.Op, fault.Times = op, times
	w.linq.Inject(fault)
}

func (w *world) refuseConnections(method string) {
	w.road.mu.Lock()
	defer w.road.mu.Unlock()
	w.road.refuse = func(r *http.Request) bool { return method != "" && r.Method == method }
}

// unlist takes the person off the chat's list, as Linq may do some time after they have left.
func (w *world) unlist() {
	chat, ok := w.linq.Chat(w.chat)
	assert.Assert(w.t, ok)
	chat.People = slices.DeleteFunc(chat.People, func(p linqtest.Person) bool { return p.Handle == w.handle })
	w.linq.AddChat(chat)
}

func (w *world) leave() { assert.Assert(w.t, w.linq.LeaveByThemselves(w.chat, w.handle)) }

// effects counts how often someone left because of a call.
func (w *world) effects() int {
	n := 0
	for _, event := range w.linq.Events() {
		if event.TraceID != "" {
			n++
		}
	}
	return n
}

func (w *world) count(op linqtest.Op) int {
	n := 0
	for _, call := range w.linq.Calls() {
		if call.Op == op {
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

func quiet() *logrus.Logger {
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	return logger
}

func group(people ...string) linqtest.Chat { return linqtest.Group("Spring launch", line, people...) }
