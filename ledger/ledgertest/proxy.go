package ledgertest

import (
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy stands between a ledger and its PostgreSQL server, and plays the trouble on the way.
type Proxy struct {
	URL string // the DATABASE_URL through the proxy

	server   string
	listener net.Listener

	mu       sync.Mutex
	open     map[*way]bool
	away     bool
	silent   bool
	flows    *sync.Cond // when silent or away has changed
	loses    func(fromLedger []byte) bool
	thenAway bool
}

// NewProxy returns a proxy for the database at databaseURL. It is closed when the test ends.
func NewProxy(t testing.TB, databaseURL string) *Proxy {
	t.Helper()
	at, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{server: at.Host, listener: listener, open: make(map[*way]bool)}
	p.flows = sync.NewCond(&p.mu)
	at.Host = listener.Addr().String()
	query := at.Query()
	query.Set("sslmode", "disable") // so that what is sent can be read
	at.RawQuery = query.Encode()
	p.URL = at.String()
	go p.serve()
	t.Cleanup(func() {
		_ = listener.Close()
		p.Lose()
	})
	return p
}

// Lose cuts every connection and takes no new ones, like a server that goes down.
func (p *Proxy) Lose() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = true
	p.flows.Broadcast()
	p.cut()
}

// Silence lets nothing through, not even that a connection is closed, like a cable that is cut.
func (p *Proxy) Silence() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = true
}

// Abandon closes only the server's ends of the connections, like a server that has waited in vain for a sign of life of
// a silenced ledger.
func (p *Proxy) Abandon() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for way := range p.open {
		_ = way.server.Close()
	}
}

func (p *Proxy) awaitFlow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.silent && !p.away {
		p.flows.Wait()
	}
}

// Restore takes connections again, and lets through what was held up.
func (p *Proxy) Restore() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away, p.silent, p.loses = false, false, nil
	p.flows.Broadcast()
}

// LeadTo makes new connections lead to another server, as when a host name is moved. Existing ones stay.
func (p *Proxy) LeadTo(databaseURL string) error {
	at, err := url.Parse(databaseURL)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server = at.Host
	return nil
}

// LoseAnswer passes on what the ledger sends, and cuts the connection in place of the answer to a
// message of which to returns true. With andStay the server is away from then on.
func (p *Proxy) LoseAnswer(to func(fromLedger []byte) bool, andStay bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loses, p.thenAway = to, andStay
}

func (p *Proxy) cut() {
	for way := range p.open {
		way.close()
	}
	clear(p.open)
}

// way is a connection of the ledger, and the one to the server for it.
type way struct {
	ledger, server net.Conn
	lost           atomic.Bool // the server's next answer finds nobody
}

func (w *way) close() { _, _ = w.ledger.Close(), w.server.Close() }

func (p *Proxy) serve() {
	for {
		ledger, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.leadsTo())
		if err != nil {
			_ = ledger.Close()
			continue
		}
		w := &way{ledger: ledger, server: server}
		p.mu.Lock()
		if p.away {
			w.close()
		} else {
			p.open[w] = true
			go p.ask(w)
			go p.answer(w)
		}
		p.mu.Unlock()
	}
}

func (p *Proxy) leadsTo() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.server
}

func (p *Proxy) ask(w *way) {
	defer p.forget(w)
	buffer := make([]byte, 64<<10)
	for {
		n, err := w.ledger.Read(buffer)
		p.awaitFlow()
		if n > 0 && p.isLost(buffer[:n]) {
			w.lost.Store(true)
		}
		if _, err := w.server.Write(buffer[:n]); err != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

func (p *Proxy) isLost(sent []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.loses != nil && p.loses(sent)
}

func (p *Proxy) answer(w *way) {
	defer p.forget(w)
	buffer := make([]byte, 64<<10)
	for {
		n, err := w.server.Read(buffer)
		p.awaitFlow()
		if w.lost.Load() {
			p.mu.Lock()
			if p.thenAway {
				p.away = true
				p.cut()
			}
			p.mu.Unlock()
			return
		}
		if _, err := w.ledger.Write(buffer[:n]); err != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

func (p *Proxy) forget(w *way) {
	w.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, w)
}
