// Package linqtest is an in-memory Linq. It has the part of the Partner API v3 that linqbot uses. People really
// leave its chats, its answers have the documented shapes, it has faults on demand, and it keeps a journal of calls
// and effects.
//
//	l := linqtest.Start(t, linqtest.Config{Chats: []linqtest.Chat{
//		linqtest.Group("Spring launch", "+12025550100", "+12025550132", "+12025550143", "+12025550154"),
//	}})
//	client, err := linq.New(linq.Config{BaseURL: l.BaseURL(), APIKey: l.APIKey()})
//
// Where Linq's behaviour is not documented, the choice made here is said at the place.
package linqtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Config is how a [Linq] starts out. The zero value is a Linq without chats whose effects are
// immediate.
type Config struct {
	APIKey       string // the bearer token that is let in; default "linq-test-key"
	Chats        []Chat
	PhoneNumbers []string // our lines, E.164; those of the chats are added

	// EffectDelay is the time between the answer "queued" and its effect. At 0 the effect comes before
	// the answer. [OnSettle]: effects wait for [Linq.Settle].
	EffectDelay time.Duration

	// OnEvent is told of every effect, after it, outside of any lock and perhaps from several
	// goroutines at once. Who has subscribed is told by webhook as well, see [Linq.Deliveries].
	OnEvent func(Event)

	// Redeliver is how many times more each webhook is delivered after it has been, for Linq promises
	// no more than "at least once".
	Redeliver int

	// StripWebhookHeaders takes the webhook-* headers off the webhooks, as some proxies do, and leaves
	// the old X-Webhook-*.
	StripWebhookHeaders bool

	// Chaos is asked about every request that no injected fault takes; nil answers as usual. It may
	// be called from several goroutines at once.
	Chaos func(Op) *Fault
}

// OnSettle is the [Config.EffectDelay] that holds all effects back until [Linq.Settle].
const OnSettle time.Duration = -1

// Linq is the server: an [http.Handler] for the paths under /api/partner/v3/. It is safe for
// concurrent use. Close it at the end.
type Linq struct {
	config Config

	mu      sync.Mutex
	chats   map[string]*chat // by id
	order   []*chat          // the same, as they were added
	lines   []line
	queue   []*effect // asked for, not yet in effect; oldest first
	faults  []*Fault
	events  []Event
	closed  bool
	changed chan struct{} // closed and replaced at every change
	server  *http.Server
	baseURL string

	exchanges     []Exchange
	subscriptions []*Subscription // oldest first
	deliveries    []Delivery
	delivering    sync.WaitGroup
	webhooks      *http.Client
	open          context.Context // ends with Close
	end           context.CancelFunc
}

// New returns a Linq that nobody serves yet: mount it as a handler, or call [Linq.Serve].
func New(config Config) *Linq {
	config.APIKey = cmp.Or(config.APIKey, "linq-test-key")
	l := &Linq{config: config, chats: map[string]*chat{}, changed: make(chan struct{})}
	l.open, l.end = context.WithCancel(context.Background())
	l.webhooks = &http.Client{
		Transport:     &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for _, number := range config.PhoneNumbers {
		l.addLine(number)
	}
	for _, c := range config.Chats {
		l.AddChat(c)
	}
	return l
}

// TB is the part of testing.TB that [Start] needs.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Start returns a Linq that serves until the test ends.
func Start(t TB, config Config) *Linq {
	t.Helper()
	l := New(config)
	if err := l.Serve(); err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(l.Close)
	return l
}

// Serve listens on a loopback port of its own, see [Linq.BaseURL], until [Linq.Close].
func (l *Linq) Serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("linqtest: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server != nil || l.closed {
		_ = listener.Close()
		return errors.New("linqtest: it has been served already")
	}
	l.server = &http.Server{Handler: l, ReadHeaderTimeout: 10 * time.Second}
	l.baseURL = "http://" + listener.Addr().String() + Prefix
	go func() { _ = l.server.Serve(listener) }()
	return nil
}

// BaseURL is the base URL to give to a client, after [Linq.Serve].
func (l *Linq) BaseURL() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.baseURL
}

// APIKey is the bearer token that is let in.
func (l *Linq) APIKey() string { return l.config.APIKey }

// Close drops all connections and whatever has not taken effect.
func (l *Linq) Close() {
	l.shut()
	l.delivering.Wait()
	l.webhooks.CloseIdleConnections()
}

func (l *Linq) shut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.end()
	for _, e := range l.queue {
		e.stop()
	}
	l.queue = nil
	if l.server != nil {
		_ = l.server.Close()
	}
}

// Settle lets everything that is queued take effect now.
func (l *Linq) Settle() {
	l.mu.Lock()
	queued := slices.Clone(l.queue)
	l.mu.Unlock()
	for _, e := range queued {
		l.takeEffect(e)
	}
}
