// Package metrics counts and times what linqbot does, for Prometheus. It knows Prometheus, and none of
// the other packages: those say what happens through functions that they declare themselves.
//
// No handle, name, or id becomes the value of a label, and every label has few values.
// Begin with [New].
package metrics

import (
	"log"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Config is what [New] needs.
type Config struct {
	Version  string // of this build
	Revision string // of the source that it was built from; "": not known

	Routes   []string // by which acks are told apart; others are not timed
	Secrets  int      // how many signing secrets there are at the start
	Refusals []string // why requests are turned away at the door
	Notices  []string // what Slack may say about the app itself
}

// Metrics holds everything that is measured. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	acks       map[string]prometheus.Observer // by route, so that the ack looks up no labels
	signatures *prometheus.CounterVec
	refused    *prometheus.CounterVec
	notices    *prometheus.CounterVec
	commands   *prometheus.CounterVec

	reached     *prometheus.HistogramVec
	ended       *prometheus.CounterVec
	undelivered prometheus.Counter

	linqRequests *prometheus.CounterVec
	keyRefused   prometheus.Counter
	lineFlagged  prometheus.Counter
	linqSeconds  *prometheus.HistogramVec
	slackCalls   *prometheus.CounterVec
	slackErrors  vocabulary
}

// New returns metrics in a registry of their own.
func New(cfg Config) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	m.edge(cfg)
	m.requests()
	m.calls()
	build := m.gauges("build_info", "Always 1; its labels say which build this is.", "version", "goversion", "revision")
	revision := cfg.Revision
	if revision == "" {
		revision = "unknown"
	}
	build.WithLabelValues(cfg.Version, runtime.Version(), revision).Set(1)
	return m
}

// Handler answers a scrape. What cannot be measured just then is left out, and said in errors.
func (m *Metrics) Handler(errors *log.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorLog: errors, ErrorHandling: promhttp.ContinueOnError})
}

func (m *Metrics) edge(cfg Config) {
	// Slack waits for 3 s, and an alert asks about 2 s: both are bounds, with more around them.
	acks := m.histograms("ack_seconds", "Time from a request by Slack or Linq to its answer, by route; requests refused with 4xx are left out.",
		[]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 1.5, 2, 2.5, 3, 5}, "route")
	m.acks = make(map[string]prometheus.Observer, len(cfg.Routes))
	for _, route := range cfg.Routes {
		m.acks[route] = acks.WithLabelValues(route)
	}
	m.signatures = m.counters("signatures_total",
		"Requests, by the secret in SLACK_SIGNING_SECRET that signed them, counted from 0; none if no secret did, or the signature is too old.", "secret")
	m.signatures.WithLabelValues(secretLabel(-1))
	for i := range cfg.Secrets {
		m.signatures.WithLabelValues(secretLabel(i))
	}
	m.refused = m.counters("requests_refused_total", "Requests refused before they reach a command, by reason.", "reason")
	for _, reason := range cfg.Refusals {
		m.refused.WithLabelValues(reason)
	}
	m.notices = m.counters("slack_notices_total", "What Slack said about the app itself, by notice.", "notice")
	for _, notice := range cfg.Notices {
		m.notices.WithLabelValues(notice)
	}
	m.commands = m.counters("commands_total",
		"Answers to people, one for each person named, by source and by outcome as in the log.", "source", "outcome")
}

func (m *Metrics) requests() {
	m.reached = m.histograms("request_seconds", "Time from the ack until a request was sent, removed or added, by kind; after a question, from the yes on.",
		[]float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800}, "kind", "state")
	m.ended = m.counters("requests_ended_total", "Requests that reached a final state, by kind and state; a late webhook that turns unconfirmed to removed counts again.", "kind", "state")
	m.undelivered = m.counter("replies_undelivered_total", "Outcomes that nobody could be told in Slack.")
}

func (m *Metrics) calls() {
	m.linqRequests = m.counters("linq_requests_total",
		"Calls of Linq's API, by operation and by Linq's error code, otherwise by HTTP status, or no_answer.", "operation", "code")
	m.keyRefused = m.counter("linq_key_refused_total", "Calls that Linq refused because it does not accept the API key (HTTP 401).")
	m.lineFlagged = m.counter("linq_lines_flagged_total", "Webhooks by which Linq says that a line of yours is not well; the log names it, masked.")
	m.linqSeconds = m.histograms("linq_request_seconds", "Time that calls of Linq's API took, by operation.",
		[]float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20}, "operation")
	m.slackCalls = m.counters("slack_calls_total",
		"Calls of Slack's Web API and of response URLs, by method and by Slack's error; none if there was no error.", "method", "error")
}

// Acked counts an answer, and how long it took.
func (m *Metrics) Acked(route string, took time.Duration) {
	if seconds, ok := m.acks[route]; ok {
		seconds.Observe(took.Seconds())
	}
}

// Signed takes which secret signed a request, counted from 0; -1 if none did.
func (m *Metrics) Signed(secret int) { m.signatures.WithLabelValues(secretLabel(secret)).Inc() }

// Refused takes why a request was turned away at the door.
func (m *Metrics) Refused(reason string) { m.refused.WithLabelValues(reason).Inc() }

// Noticed takes what Slack said about the app itself.
func (m *Metrics) Noticed(notice string) { m.notices.WithLabelValues(notice).Inc() }

// secretLabel bounds the values: nobody rotates through more than ten secrets at once.
func secretLabel(secret int) string {
	const most = 10
	switch {
	case secret < 0:
		return "none"
	case secret < most:
		return strconv.Itoa(secret)
	default:
		return "later"
	}
}

// Commanded takes how somebody was answered who asked for something.
func (m *Metrics) Commanded(source, outcome string) {
	m.commands.WithLabelValues(source, outcome).Inc()
}

// Reached takes how long after its ack a request came to a state.
func (m *Metrics) Reached(kind, state string, after time.Duration) {
	m.reached.WithLabelValues(kind, state).Observe(max(0, after.Seconds())) // the ack may be another machine's
}

// Ended takes the final state of a request.
func (m *Metrics) Ended(kind, state string) { m.ended.WithLabelValues(kind, state).Inc() }

// Undelivered counts an outcome of which nobody could be told.
func (m *Metrics) Undelivered() { m.undelivered.Inc() }

// LinqCalled takes a call of Linq's API and what came of it.
func (m *Metrics) LinqCalled(operation, code string, took time.Duration) {
	m.linqRequests.WithLabelValues(operation, code).Inc()
	m.linqSeconds.WithLabelValues(operation).Observe(took.Seconds())
}

// LinqKeyRefused counts that Linq does not take the API key. It has a series of its own that begins
// at 0, since Prometheus sees no increase in a series that begins with the first refusal.
func (m *Metrics) LinqKeyRefused() { m.keyRefused.Inc() }

// LineFlagged counts that Linq's webhook says that a line of ours is not well.
func (m *Metrics) LineFlagged() { m.lineFlagged.Inc() }

// SlackCalled takes a call of Slack's and its error, "" for none. Slack may return errors that it
// does not document, so all after the first hundred count as one.
func (m *Metrics) SlackCalled(method, failure string) {
	if failure == "" {
		failure = "none"
	}
	m.slackCalls.WithLabelValues(method, m.slackErrors.bounded(failure)).Inc()
}
