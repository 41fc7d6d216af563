// Package viewer shows what is in the ledger to those who run linqbot: the newest requests and a search among them, one
// request or batch whole, and how linqbot fares. It serves pages at ADMIN_ADDR, to this machine alone. It only reads, by
// connections of its own that cannot write, and shows nobody's whole number. What the states mean, and the words for
// them, are the ledger's and those of commands/outcome.
//
// Begin reading at [Viewer.Register], and then at guard.go, which decides who may look.
package viewer

import (
	"context"
	"crypto/rand"
	"errors"
	"html/template"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/ledger"
)

// Config is what a [Viewer] needs.
type Config struct {
	Addr   string           // ADMIN_ADDR; its host is one that requests may name
	Build  string           // which linqbot this is
	Logger *logrus.Logger   // required
	Now    func() time.Time // defaults to time.Now

	Open   func(ctx context.Context) (*ledger.Reader, error)      // opens the ledger for reading
	Vitals func() []Finding                                       // how the process fares, as far as it knows without asking anybody
	Checks func(ctx context.Context, in *ledger.Reader) []Finding // what linqbot doctor would find
	Link   func(channelID, ts string) string                      // the address of a message in Slack; "" if it is not known
	Region func() string                                          // of numbers that are typed without a country code
}

// Finding is one thing that was looked at.
type Finding struct {
	About  string
	Status Status
	Says   string
	Fix    string // what to do; "" for nothing
}

// Status is the result of a check, in the words of linqbot doctor.
type Status string

// The statuses.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Failure Status = "failure"
	Skipped Status = "skipped" // it could not be checked
)

const (
	pageTime  = 3 * time.Second  // for all that a page reads
	checkTime = 12 * time.Second // for the checks, each of which ends sooner
	checksFor = 10 * time.Second // how long their findings are shown again

	pagesAtOnce = 2
)

// Viewer serves the pages.
type Viewer struct {
	cfg       Config
	log       *logrus.Entry
	host      string // of ADMIN_ADDR; "" for every address
	templates map[string]*template.Template
	persons   persons
	pages     chan struct{} // holds a token for each page that is being made

	opening sync.Mutex
	opened  *ledger.Reader // nil before the first page, and while the ledger cannot be opened
	closing chan struct{}  // closed at the end

	checks checks
}

// New returns a viewer. It opens nothing before somebody looks.
func New(cfg Config) (*Viewer, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	templates, err := parseTemplates()
	if err != nil {
		return nil, err
	}
	v := &Viewer{
		cfg: cfg, log: cfg.Logger.WithField("part", "admin"), templates: templates, pages: make(chan struct{}, pagesAtOnce),
		persons: persons{key: rand.Text()}, checks: checks{turn: make(chan struct{}, 1)}, closing: make(chan struct{}),
	}
	if host, _, err := net.SplitHostPort(cfg.Addr); err == nil {
		v.host = host
	}
	return v, nil
}

// Register adds the pages to the routes of ADMIN_ADDR.
func (v *Viewer) Register(routes *http.ServeMux) {
	routes.Handle("/{$}", v.guard(v.page("list", v.list)))
	routes.Handle("/requests/{id}", v.guard(v.page("request", v.request)))
	routes.Handle("/batches/{id}", v.guard(v.page("batch", v.batch)))
	routes.Handle("/health", v.guard(v.page("health", v.health)))
	routes.Handle("/style.css", v.style())
}

// Close ends what is being checked, waits for the pages that are being made, and lets go of the ledger. No page is made
// after it.
func (v *Viewer) Close() error {
	close(v.closing)
	over := time.After(pageTime)
	for range pagesAtOnce {
		select {
		case v.pages <- struct{}{}:
		case <-over:
		}
	}
	v.opening.Lock()
	defer v.opening.Unlock()
	if v.opened == nil {
		return nil
	}
	return v.opened.Close()
}

// reader opens the ledger for the first page.
func (v *Viewer) reader(ctx context.Context) (*ledger.Reader, error) {
	v.opening.Lock()
	defer v.opening.Unlock()
	if v.opened == nil {
		opened, err := v.cfg.Open(ctx)
		if err != nil {
			return nil, err
		}
		v.opened = opened
	}
	return v.opened, nil
}

var (
	errNoSuchPage = errors.New("viewer: there is no such request or batch")
	errBusy       = errors.New("viewer: others look already")
)

// elsewhere is an error of a page that stands at another address.
type elsewhere struct{ address string }

func (e elsewhere) Error() string { return "viewer: it is at another address" }

// makePage returns what a template shows.
type makePage func(ctx context.Context, in *ledger.Reader, r *http.Request) (title string, content any, err error)

// page serves a page, or says why it cannot.
func (v *Viewer) page(name string, content makePage) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		title, shown, err := v.read(r, content)
		if at, ok := errors.AsType[elsewhere](err); ok {
			http.Redirect(w, r, at.address, http.StatusSeeOther)
			return
		}
		switch {
		case err == nil:
			v.render(w, http.StatusOK, name, title, shown)
		case errors.Is(err, errNoSuchPage):
			v.render(w, http.StatusNotFound, "missing", "Not found", r.PathValue("id"))
		case errors.Is(err, errBusy):
			v.render(w, http.StatusServiceUnavailable, "busy", "Busy", nil)
		default:
			v.log.WithError(err).Warn("the ledger could not be read for a page")
			v.render(w, http.StatusServiceUnavailable, "outage", "The ledger does not answer", v.outage(err))
		}
	})
}

// read makes what a page shows, within bounds: few at a time, and none for long.
func (v *Viewer) read(r *http.Request, content makePage) (title string, shown any, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), pageTime)
	defer cancel()
	select {
	case v.pages <- struct{}{}:
		defer func() { <-v.pages }()
	case <-ctx.Done():
		return "", nil, errBusy
	}
	in, err := v.reader(ctx)
	if err != nil {
		return "", nil, err
	}
	return content(ctx, in, r)
}
