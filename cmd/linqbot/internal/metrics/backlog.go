package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Backlog is what is yet to be done.
type Backlog struct {
	Open    int       // requests that have not ended
	Waiting int       // of these, those that no worker was given yet
	Oldest  time.Time // when the oldest that Linq has not taken was accepted; zero without one
}

// WatchBacklog has the backlog read when it is scraped, and once a second at the most: it is a query,
// and anybody who reaches the metrics may ask.
func (m *Metrics) WatchBacklog(read func(ctx context.Context) (Backlog, error)) {
	m.registry.MustRegister(newBacklogCollector(read, time.Now))
}

type backlogCollector struct {
	read func(ctx context.Context) (Backlog, error)
	now  func() time.Time

	requests, waiting, oldest *prometheus.Desc

	mu   sync.Mutex
	at   time.Time // of the last reading
	last Backlog
	err  error
}

func newBacklogCollector(read func(ctx context.Context) (Backlog, error), now func() time.Time) *backlogCollector {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "backlog", name), help, nil, nil)
	}
	return &backlogCollector{
		read: read, now: now,
		requests: describe("requests", "Requests in the ledger that have not ended."),
		waiting:  describe("waiting_requests", "Requests in the ledger that have not ended and that no worker has yet."),
		oldest:   describe("oldest_seconds", "Age of the oldest request in the ledger that Linq has not accepted; 0 if there is none."),
	}
}

func (c *backlogCollector) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.requests, c.waiting, c.oldest} {
		descriptions <- d
	}
}

// Collect leaves the backlog out while the ledger does not answer: a figure of before would look like
// one of now.
func (c *backlogCollector) Collect(collected chan<- prometheus.Metric) {
	backlog, now, err := c.readBacklog()
	if err != nil {
		collected <- prometheus.NewInvalidMetric(c.requests, err)
		return
	}
	age := 0.0
	if !backlog.Oldest.IsZero() {
		age = max(0, now.Sub(backlog.Oldest).Seconds()) // another machine's clock may be ahead
	}
	gauge := func(of *prometheus.Desc, value float64) {
		collected <- prometheus.MustNewConstMetric(of, prometheus.GaugeValue, value)
	}
	gauge(c.requests, float64(backlog.Open))
	gauge(c.waiting, float64(backlog.Waiting))
	gauge(c.oldest, age)
}

func (c *backlogCollector) readBacklog() (Backlog, time.Time, error) {
	const (
		fresh    = time.Second
		patience = 2 * time.Second // well under the 10 s after which Prometheus gives up
	)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() || c.now().Sub(c.at) >= fresh {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		c.last, c.err = c.read(ctx)
		c.at = c.now()
	}
	return c.last, c.now(), c.err
}
