package metrics

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"gotest.tools/v3/assert"
)

const route = "/slack/commands"

func newMetrics() *Metrics {
	return New(Config{Version: "1.2.3", Revision: "abc", Routes: []string{route}, Secrets: 2, Refusals: []string{"unsigned"}})
}

// exercised has a series of each metric.
func exercised() *Metrics {
	m := newMetrics()
	m.WatchBacklog(func(context.Context) (Backlog, error) { return Backlog{Open: 3, Waiting: 1}, nil })
	m.WatchPause(func() (bool, error) { return true, nil })
	m.Acked(route, 1600*time.Millisecond)
	m.Signed(1)
	m.Commanded("command", "recorded")
	m.Reached("remove", "sent", time.Second)
	m.Ended("remove", "removed")
	m.Undelivered()
	m.Noticed("app_rate_limited")
	m.LinqCalled("read_chat", "200", time.Second)
	m.LinqKeyRefused()
	m.SlackCalled("chat.postMessage", "")
	return m
}

// scrape returns the lines of a scrape.
func scrape(t *testing.T, m *Metrics) (string, int) {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler(log.New(io.Discard, "", 0)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	return w.Body.String(), w.Code
}

func wantLines(t *testing.T, m *Metrics, lines ...string) {
	t.Helper()
	got, status := scrape(t, m)
	assert.Equal(t, status, http.StatusOK)
	for _, line := range lines {
		assert.Check(t, strings.Contains("\n"+got, "\n"+line+"\n"), "no line %s in\n%s", line, ours(got))
	}
}

// ours leaves out what the Go and process collectors say.
func ours(scraped string) string {
	var kept strings.Builder
	for line := range strings.Lines(scraped) {
		if strings.HasPrefix(line, namespace) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

func TestWhatIsMeasured(t *testing.T) {
	t.Parallel()
	wantLines(t, exercised(),
		`linqbot_ack_seconds_bucket{route="/slack/commands",le="1.5"} 0`,
		`linqbot_ack_seconds_bucket{route="/slack/commands",le="2"} 1`,
		`linqbot_ack_seconds_sum{route="/slack/commands"} 1.6`,
		`linqbot_signatures_total{secret="0"} 0`,
		`linqbot_signatures_total{secret="1"} 1`,
		`linqbot_signatures_total{secret="none"} 0`,
		`linqbot_commands_total{outcome="recorded",source="command"} 1`,
		`linqbot_request_seconds_sum{kind="remove",state="sent"} 1`,
		`linqbot_requests_ended_total{kind="remove",state="removed"} 1`,
		`linqbot_replies_undelivered_total 1`,
		`linqbot_linq_requests_total{code="200",operation="read_chat"} 1`,
		`linqbot_linq_request_seconds_count{operation="read_chat"} 1`,
		`linqbot_linq_key_refused_total 1`,
		`linqbot_slack_calls_total{error="none",method="chat.postMessage"} 1`,
		`linqbot_backlog_requests 3`,
		`linqbot_backlog_waiting_requests 1`,
		`linqbot_backlog_oldest_seconds 0`,
	)
	got, _ := scrape(t, exercised())
	for _, part := range []string{`linqbot_build_info{goversion="go1.`, `revision="abc",version="1.2.3"} 1`, "\ngo_goroutines ", "\nprocess_start_time_seconds "} {
		assert.Check(t, strings.Contains(got, part), part)
	}
}

// Prometheus sees no increase in a series that begins above 0, so what alerts ask about begins at 0.
func TestWhatAlertsAskAboutBeginsAtZero(t *testing.T) {
	t.Parallel()
	wantLines(t, newMetrics(),
		`linqbot_ack_seconds_count{route="/slack/commands"} 0`,
		`linqbot_replies_undelivered_total 0`,
		`linqbot_linq_key_refused_total 0`,
	)
}

func TestNamesFollowTheConventions(t *testing.T) {
	t.Parallel()
	problems, err := testutil.GatherAndLint(exercised().registry, ourNames(t, exercised())...)
	assert.NilError(t, err)
	assert.Equal(t, len(problems), 0, "%v", problems)
}

// Labels hold what others chose only as far as there are few of it.
func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	m.SlackCalled("chat.postMessage", strings.Repeat("x", longestWord+1))
	for i := range 3 * mostWords {
		m.SlackCalled("chat.postMessage", fmt.Sprintf("new_error_%d", i))
		m.Acked(fmt.Sprintf("/%d", i), time.Second)
		m.Signed(i)
	}
	wantLines(t, m,
		fmt.Sprintf(`linqbot_slack_calls_total{error="new_error_%d",method="chat.postMessage"} 1`, mostWords-1),
		fmt.Sprintf(`linqbot_slack_calls_total{error="other",method="chat.postMessage"} %d`, 2*mostWords+1),
		fmt.Sprintf(`linqbot_signatures_total{secret="later"} %d`, 3*mostWords-10),
	)
	for name, most := range map[string]int{"linqbot_slack_calls_total": mostWords + 1, "linqbot_ack_seconds": 1, "linqbot_signatures_total": 12} {
		series, err := testutil.GatherAndCount(m.registry, name)
		assert.NilError(t, err)
		assert.Equal(t, series, most, name)
	}
}

// An ack of another machine's clock may seem to lie in the future.
func TestNoTimeIsNegative(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	m.Reached("remove", "sent", -time.Second)
	wantLines(t, m, `linqbot_request_seconds_sum{kind="remove",state="sent"} 0`)
}

// clock is a time that only the test moves, and a ledger that counts how often it is read.
type clock struct {
	at      time.Time
	backlog Backlog
	err     error
	reads   int
}

func (c *clock) now() time.Time { return c.at }

func (c *clock) read(ctx context.Context) (Backlog, error) {
	if _, bounded := ctx.Deadline(); !bounded {
		return Backlog{}, errors.New("it may take for ever")
	}
	c.reads++
	return c.backlog, c.err
}

func TestTheBacklogIsReadOnceASecond(t *testing.T) {
	t.Parallel()
	c := &clock{at: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)}
	c.backlog = Backlog{Open: 2, Waiting: 1, Oldest: c.at.Add(-10 * time.Second)}
	m := newMetrics()
	m.registry.MustRegister(newBacklogCollector(c.read, c.now))
	wantLines(t, m, "linqbot_backlog_requests 2", "linqbot_backlog_waiting_requests 1", "linqbot_backlog_oldest_seconds 10")
	c.backlog.Open = 5
	c.at = c.at.Add(999 * time.Millisecond)
	wantLines(t, m, "linqbot_backlog_requests 2", "linqbot_backlog_oldest_seconds 10.999")
	assert.Equal(t, c.reads, 1)
	c.at = c.at.Add(time.Millisecond)
	wantLines(t, m, "linqbot_backlog_requests 5")
	assert.Equal(t, c.reads, 2)

	// A ledger that does not answer leaves a gap, not a figure of before; all else is there.
	c.err, c.at = errors.New("no such luck"), c.at.Add(time.Second)
	got, status := scrape(t, m)
	assert.Equal(t, status, http.StatusOK)
	assert.Assert(t, !strings.Contains(got, "linqbot_backlog"), ours(got))
	wantLines(t, m, "linqbot_replies_undelivered_total 0")
	assert.Equal(t, c.reads, 3, "it was asked again at once")
	c.err, c.at, c.backlog.Oldest = nil, c.at.Add(time.Second), c.at.Add(time.Hour)
	wantLines(t, m, "linqbot_backlog_oldest_seconds 0")
}
