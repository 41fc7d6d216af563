package load_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/internal/load"
)

// receiver keeps what was sent to it, and answers as it is told to.
type receiver struct {
	mu     sync.Mutex
	bodies []string
	answer http.HandlerFunc
}

func (s *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	seconds := r.Header.Get(slacktest.TimestampHeader)
	var sent time.Time
	var unix int64
	if _, err := fmt.Sscan(seconds, &unix); err == nil {
		sent = time.Unix(unix, 0)
	}
	if _, signature := slacktest.Sign("secret", sent, body); signature != r.Header.Get(slacktest.SignatureHeader) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.mu.Lock()
	s.bodies = append(s.bodies, string(body))
	s.mu.Unlock()
	s.answer(w, r)
}

func started(t *testing.T, answer http.HandlerFunc) (*receiver, *load.Loader) {
	t.Helper()
	s := &receiver{answer: answer}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	const connections = 4
	l, err := load.Dial(server.Listener.Addr().String(), "recorded", connections)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return s, l
}

func requests(count int) [][]byte {
	asked := make([]load.Command, count)
	for i := range asked {
		asked[i] = load.Command{ChannelID: "C1", Text: fmt.Sprint("chat +1415555", i)}
	}
	return load.Sender{Secret: "secret", TeamID: "T1", UserID: "U1"}.Requests("test", asked)
}

func TestEachCommandArrivesOnce(t *testing.T) {
	t.Parallel()
	const count = 50
	s, l := started(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "it is recorded") })
	if r, err := l.Closed(requests(count)); err != nil || len(r.Took) != count || r.Rate() <= 0 {
		t.Fatalf("%d answers: %v", len(r.Took), err)
	}
	if r, err := l.Open(requests(count), 1e6); err != nil || len(r.Took) != count || r.Percentile(100) < r.Percentile(50) {
		t.Fatalf("%d answers: %v", len(r.Took), err)
	}
	triggers := make(map[string]int)
	for _, body := range s.bodies {
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		triggers[form.Get("trigger_id")+form.Get("text")]++
	}
	if len(s.bodies) != 2*count || len(triggers) < count {
		t.Errorf("%d requests, %d of them different", len(s.bodies), len(triggers))
	}
}

func TestChunkedAnswersAreRead(t *testing.T) {
	t.Parallel()
	_, l := started(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 5000))
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, "recorded")
	})
	if r, err := l.Closed(requests(10)); err != nil || len(r.Took) != 10 {
		t.Errorf("%d answers: %v", len(r.Took), err)
	}
}

// An answer that is not the one that is due ends the run: a server that refuses is fast.
func TestOtherAnswersEndTheRun(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"other words":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "try again") },
		"other status": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "recorded", http.StatusServiceUnavailable) },
		"none":         func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, l := started(t, answer)
			if _, err := l.Closed(requests(10)); err == nil {
				t.Error("no error of a closed loop")
			}
			_, l = started(t, answer)
			if _, err := l.Open(requests(10), 1e6); err == nil {
				t.Error("no error of an open loop")
			}
		})
	}
}

// What waits behind a slow answer was due long ago, and counts from then.
func TestOpenLoopCountsFromWhenARequestWasDue(t *testing.T) {
	t.Parallel()
	const slow = 50 * time.Millisecond
	_, l := started(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(slow)
		_, _ = io.WriteString(w, "recorded")
	})
	r, err := l.Open(requests(12), 1e6) // in three turns on four connections
	if err != nil || r.Percentile(100) < 2*slow || r.Percentile(0) < slow {
		t.Errorf("%v: from %v to %v", err, r.Percentile(0), r.Percentile(100))
	}
}

func TestCPU(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no /proc")
	}
	began := load.CPU(os.Getpid())
	for load.CPU(os.Getpid()) == began { // looking is work enough
		continue
	}
}
