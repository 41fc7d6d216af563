//go:build unix

package soak_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

const webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// linqFront is the door by which one replica enters Linq. It knows whom that replica is removing.
type linqFront struct {
	url string
	s   *soak

	mu      sync.Mutex
	removes map[string]int // by handle
}

func newLinqFront(s *soak) *linqFront {
	f := &linqFront{s: s, removes: make(map[string]int)}
	server := httptest.NewServer(f)
	s.t.Cleanup(server.Close)
	f.url = server.URL + linqtest.Prefix
	return f
}

func (f *linqFront) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodDelete {
		body, _ := io.ReadAll(r.Body) // what is cut off is for Linq to judge
		r.Body = io.NopCloser(bytes.NewReader(body))
		var in struct{ Handle string }
		_ = json.Unmarshal(body, &in)
		f.add(in.Handle, 1)
		defer f.add(in.Handle, -1)
		what := r.URL.Path + " " + in.Handle
		if f.s.removes(what, 1) > 1 {
			f.s.breaks("2 one effect", "two replicas ask side by side: DELETE %s", what)
		}
		defer f.s.removes(what, -1)
	}
	f.s.linq.ServeHTTP(w, r)
}

// removes returns how many DELETEs of one person there then are, whichever replica asks.
func (s *soak) removes(what string, more int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removing[what] += more
	return s.removing[what]
}

func (f *linqFront) add(handle string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.removes[handle] += n; f.removes[handle] == 0 {
		delete(f.removes, handle)
	}
}

func (f *linqFront) underWay() (handles []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for handle := range f.removes {
		handles = append(handles, handle)
	}
	return handles
}

// inAnyOrder returns the replicas in the order in which a load balancer might try them.
func (s *soak) inAnyOrder() []*replica {
	if len(s.replicas) == 2 && s.dice.oneIn(2) {
		return []*replica{s.replicas[1], s.replicas[0]}
	}
	return s.replicas
}

// hookRelay stands where Linq sends its webhooks, and passes them on to any replica: at times to
// all, at times to none, at times without the headers that carry the signature.
func (s *soak) hookRelay() string {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	relay := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if !s.calm.Load() && s.dice.oneIn(6) {
			s.count("webhooks lost", 1)
			return // with a 200: Linq does not send it again
		}
		everyone := s.dice.oneIn(3)
		answered := http.StatusServiceUnavailable
		for _, to := range s.inAnyOrder() {
			if s.dice.oneIn(5) {
				s.stripped(r.Context(), client, to, r.Header, body)
			}
			status, err := post(r.Context(), client, to.url()+"/linq/webhooks", r.Header, body)
			if err != nil {
				continue
			}
			s.count("webhooks passed on", 1)
			if answered = status; !everyone {
				break
			}
		}
		w.WriteHeader(answered)
	}))
	s.t.Cleanup(relay.Close)
	return relay.URL
}

func post(ctx context.Context, client *http.Client, url string, header http.Header, body []byte) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header = header.Clone()
	response, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode, nil
}

func (s *soak) stripped(ctx context.Context, client *http.Client, to *replica, header http.Header, body []byte) {
	bare := http.Header{"Content-Type": {"application/json"}}
	for name, value := range header {
		if strings.HasPrefix(name, "X-Webhook-") {
			bare[name] = value
		}
	}
	if status, err := post(ctx, client, to.url()+"/linq/webhooks", bare, body); err == nil {
		s.mustRefuse("a stripped webhook", status)
	}
}

// mustRefuse judges the answer to what nobody signed.
func (s *soak) mustRefuse(what string, status int) {
	s.count("unsigned requests", 1)
	if status != http.StatusUnauthorized {
		s.breaks("4 signed only", "%s was answered %d", what, status)
	}
}

// forge sends, as somebody who does not know the secrets, a removal and the news of one.
func (s *soak) forge(wanted, underWay *person) {
	stranger := slacktest.New(slacktest.Config{SigningSecret: "guessed"})
	stranger.AddUser(slacktest.User{ID: alice})
	for _, r := range s.inAnyOrder() {
		ack, err := stranger.Send(s.t.Context(), r.url(), slacktest.Command{
			UserID: alice, ChannelID: s.channels[0], Text: wanted.chat + " " + wanted.handle,
		})
		if err == nil {
			s.mustRefuse("a forged command", ack.Status)
		}
		status, err := s.linq.SendWebhook(r.url()+"/linq/webhooks?version=2026-02-03", "whsec_Z3Vlc3NlZGd1ZXNzZWRndWVzc2VkZ3Vlc3M=",
			linqtest.Event{ChatID: underWay.chat, Person: linqtest.Person{Handle: underWay.handle}})
		if err == nil {
			s.mustRefuse("a forged webhook", status)
		}
	}
}

// neverArrived reports an error that leaves no doubt: nobody listened.
func neverArrived(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

func (s *soak) linqChaos(op linqtest.Op) *linqtest.Fault {
	if s.calm.Load() {
		return nil
	}
	fault := s.anyLinqFault(op)
	if fault != nil {
		s.count("faults of Linq", 1)
	}
	return fault
}

func (s *soak) anyLinqFault(op linqtest.Op) *linqtest.Fault {
	if s.isOut("Linq") {
		return &linqtest.Fault{Status: http.StatusServiceUnavailable}
	}
	switch rolled := s.dice.below(100); {
	case rolled < 10:
		return &linqtest.Fault{Status: http.StatusInternalServerError, Code: 3006}
	case rolled < 18:
		return &linqtest.Fault{Drop: linqtest.AfterEffect}
	case rolled < 26:
		return &linqtest.Fault{Drop: linqtest.BeforeEffect}
	case rolled < 34 && op == linqtest.Remove:
		return &linqtest.Fault{Status: http.StatusBadGateway, WithEffect: true}
	case rolled < 35: // rare, since every call then waits
		return &linqtest.Fault{Status: http.StatusTooManyRequests, Code: 1007, RetryAfter: time.Second}
	case rolled < 45:
		return &linqtest.Fault{Delay: s.dice.between(50*time.Millisecond, time.Second)}
	}
	return nil
}

func (s *soak) slackChaos(string) *slacktest.Fault {
	if s.calm.Load() {
		return nil
	}
	fault := s.anySlackFault()
	if fault != nil {
		s.count("faults of Slack", 1)
	}
	return fault
}

func (s *soak) anySlackFault() *slacktest.Fault {
	if s.isOut("Slack") {
		return &slacktest.Fault{Status: http.StatusServiceUnavailable}
	}
	switch rolled := s.dice.below(100); {
	case rolled < 8:
		return &slacktest.Fault{Status: http.StatusServiceUnavailable}
	case rolled < 16:
		return &slacktest.Fault{Drop: slacktest.AfterEffect}
	case rolled < 23:
		return &slacktest.Fault{Drop: slacktest.BeforeEffect}
	case rolled < 30:
		return &slacktest.Fault{Error: "fatal_error", WithEffect: true}
	case rolled < 37:
		return &slacktest.Fault{RetryAfter: time.Second}
	case rolled < 47:
		return &slacktest.Fault{Delay: s.dice.between(50*time.Millisecond, 600*time.Millisecond)}
	}
	return nil
}

func (s *soak) isOut(who string) bool {
	out := s.out.Load()
	return out != nil && *out == who
}
