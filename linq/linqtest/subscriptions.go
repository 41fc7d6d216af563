package linqtest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Subscription is where webhooks are sent, as a test sees it: with its secret, which Linq shows once.
type Subscription struct {
	ID           string
	TargetURL    string
	Events       []string
	PhoneNumbers []string // empty: all lines
	Active       bool
	Secret       string // "whsec_" and base64
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// AddSubscription adds a subscription and returns it with what was left out: a random id and secret,
// the two events of participants. It is active, and nothing of it is checked.
func (l *Linq) AddSubscription(s Subscription) Subscription {
	l.mu.Lock()
	defer l.mu.Unlock()
	return *l.subscribe(s)
}

// Subscriptions returns all subscriptions, oldest first.
func (l *Linq) Subscriptions() []Subscription {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]Subscription, len(l.subscriptions))
	for i, s := range l.subscriptions {
		all[i] = *s
	}
	return all
}

// SetActive has a subscription get its webhooks, or none until it is active again.
func (l *Linq) SetActive(id string, active bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := l.findSubscription(id); at >= 0 {
		l.subscriptions[at].Active = active
	}
}

func (l *Linq) subscribe(s Subscription) *Subscription {
	const secretBytes = 32
	if s.ID == "" {
		s.ID = uuid.NewString()
	}
	if s.Secret == "" {
		key := make([]byte, secretBytes)
		_, _ = rand.Read(key) // it never fails
		s.Secret = "whsec_" + base64.StdEncoding.EncodeToString(key)
	}
	if s.Events == nil {
		s.Events = []string{ParticipantRemoved, ParticipantAdded}
	}
	s.Active = true
	s.CreatedAt = time.Now().UTC()
	s.UpdatedAt = s.CreatedAt
	l.subscriptions = append(l.subscriptions, &s)
	return &s
}

// shownSubscription is the documented shape.
type shownSubscription struct {
	ID            string    `json:"id"`
	TargetURL     string    `json:"target_url"`
	Events        []string  `json:"subscribed_events"`
	PhoneNumbers  []string  `json:"phone_numbers"`
	Active        bool      `json:"is_active"`
	CreatedAt     time.Time `json:"created_at"`
	UpdatedAt     time.Time `json:"updated_at"`
	SigningSecret string    `json:"signing_secret,omitempty"`
}

func (s *Subscription) show() shownSubscription {
	return shownSubscription{
		ID: s.ID, TargetURL: s.TargetURL, Events: s.Events, PhoneNumbers: s.PhoneNumbers, Active: s.Active,
		CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
}

func (l *Linq) listSubscriptions() reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	shown := []shownSubscription{}
	for _, s := range l.subscriptions {
		shown = append(shown, s.show())
	}
	return ok(http.StatusOK, map[string]any{"subscriptions": shown})
}

func (l *Linq) getSubscription(asked request) reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.findSubscription(asked.subscription)
	if at < 0 {
		return refuse(http.StatusNotFound, 2010, "Webhook subscription not found", asked.traceID)
	}
	return ok(http.StatusOK, l.subscriptions[at].show())
}

// findSubscription returns the place of a subscription, -1 for none.
func (l *Linq) findSubscription(id string) int {
	return slices.IndexFunc(l.subscriptions, func(s *Subscription) bool { return strings.EqualFold(s.ID, id) })
}

// subscriptionBody is a request. What is nil was not sent.
type subscriptionBody struct {
	TargetURL    *string         `json:"target_url"`
	Events       *[]string       `json:"subscribed_events"`
	PhoneNumbers json.RawMessage `json:"phone_numbers"` // null and [] clear it
	Active       *bool           `json:"is_active"`

	numbers []string // PhoneNumbers, read
}

// changeSubscription answers the requests to create, update and delete a subscription.
func (l *Linq) changeSubscription(contentType string, asked request) reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.findSubscription(asked.subscription)
	if asked.op != Subscribe && at < 0 {
		return refuse(http.StatusNotFound, 2010, "Webhook subscription not found", asked.traceID)
	}
	if asked.op == Unsubscribe {
		l.subscriptions = slices.Delete(l.subscriptions, at, at+1)
		return ok(http.StatusNoContent, nil)
	}
	body, status, code, message := readSubscription(contentType, asked)
	if code == 0 && body.TargetURL != nil && slices.ContainsFunc(l.subscriptions, func(s *Subscription) bool {
		return s.TargetURL == *body.TargetURL && !strings.EqualFold(s.ID, asked.subscription)
	}) {
		// That a URL can be used once is documented, the answer is not: 2015 is the catalogue's closest.
		status, code, message = http.StatusConflict, 2015, "A webhook subscription with this target URL already exists"
	}
	switch {
	case code != 0:
		return refuse(status, code, message, asked.traceID)
	case asked.op == Subscribe:
		s := l.subscribe(Subscription{TargetURL: *body.TargetURL, Events: *body.Events, PhoneNumbers: body.numbers})
		shown := s.show()
		shown.SigningSecret = s.Secret
		return ok(http.StatusCreated, shown)
	}
	// A new value takes the place of the old one, which a copy may still be read from.
	changed := *l.subscriptions[at]
	changed.change(body)
	l.subscriptions[at] = &changed
	return ok(http.StatusOK, changed.show())
}

func (s *Subscription) change(to subscriptionBody) {
	if to.TargetURL != nil {
		s.TargetURL = *to.TargetURL
	}
	if to.Events != nil {
		s.Events = *to.Events
	}
	if to.PhoneNumbers != nil {
		s.PhoneNumbers = to.numbers
	}
	if to.Active != nil {
		s.Active = *to.Active
	}
	s.UpdatedAt = time.Now().UTC()
}

// readSubscription returns the body, or the refusal it meets, with code 0 for none.
func readSubscription(contentType string, asked request) (body subscriptionBody, status, code int, message string) {
	no := func(code int, message string) (subscriptionBody, int, int, string) {
		return subscriptionBody{}, http.StatusBadRequest, code, message
	}
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "application/json" || json.Unmarshal(asked.body, &body) != nil {
		return no(1003, "Request body is malformed or contains invalid JSON")
	}
	if body.PhoneNumbers != nil && json.Unmarshal(body.PhoneNumbers, &body.numbers) != nil {
		return no(1003, "Request body is malformed or contains invalid JSON")
	}
	if asked.op == Subscribe && (body.TargetURL == nil || body.Events == nil) {
		return no(1001, "A required field is missing from the request: target_url or subscribed_events")
	}
	if body.TargetURL != nil && !isTarget(*body.TargetURL) {
		return no(1005, "target_url must be a valid HTTPS URL")
	}
	if body.Events != nil && (len(*body.Events) == 0 || slices.ContainsFunc(*body.Events, isNoEvent)) {
		return no(1005, "subscribed_events must name at least one event, and known ones only")
	}
	if slices.ContainsFunc(body.numbers, func(number string) bool { return !e164.MatchString(number) }) {
		return no(1002, "Phone number must be in E.164 format")
	}
	return body, 0, 0, ""
}

// isTarget reports whether webhooks may be sent there. Linq takes https alone, and no private
// addresses; here tests listen on loopback, with or without TLS.
func isTarget(text string) bool {
	target, err := url.Parse(text)
	if err != nil || target.Host == "" {
		return false
	}
	ip := net.ParseIP(target.Hostname())
	loopback := target.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return target.Scheme == "https" && (loopback || ip == nil || !ip.IsPrivate()) || target.Scheme == "http" && loopback
}

// eventPattern is what all 45 documented names look like. It is never written to.
var eventPattern = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`)

func isNoEvent(name string) bool { return !eventPattern.MatchString(name) }
