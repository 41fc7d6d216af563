package linqtest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Linq tries ten times in about 25 minutes. Here it is fewer and faster: the last of the tries comes
// some two seconds after the first.
const (
	webhookTries   = 8
	webhookBackoff = 15 * time.Millisecond // then twice as long each time
	webhookAnswer  = 10 * time.Second      // the documented time to answer
)

// Delivery is one try to deliver a webhook.
type Delivery struct {
	At             time.Time
	SubscriptionID string // "" by [Linq.SendWebhook]
	EventID        string
	Status         int // 0 if there was no answer
	Took           time.Duration

	Header http.Header // what was sent
	Body   []byte
}

// Deliveries returns all tries that have ended, in that order.
func (l *Linq) Deliveries() []Delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.deliveries)
}

// SendWebhook delivers one event once, signed with the secret, whether anyone has subscribed or not,
// and returns the status of the answer. Of the event, ID, Type (removed), At and the person's status
// may be left out. [Config.StripWebhookHeaders] holds here too.
func (l *Linq) SendWebhook(target, secret string, e Event) (status int, err error) {
	e.ID = cmp.Or(e.ID, uuid.NewString())
	e.Type = cmp.Or(e.Type, ParticipantRemoved)
	e.At = cmp.Or(e.At, time.Now().UTC())
	if e.Type == ParticipantRemoved {
		e.Person.Status, e.Person.LeftAt = cmp.Or(e.Person.Status, removed), cmp.Or(e.Person.LeftAt, e.At)
	}
	e.Person.Status = cmp.Or(e.Person.Status, active)
	return l.post(Subscription{TargetURL: target, Secret: secret}, e, l.webhookBody(target, e))
}

// deliver sends the event to all who have subscribed to it, without waiting for any of them.
func (l *Linq) deliver(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	for _, s := range l.subscriptions {
		if s.Active && slices.Contains(s.Events, e.Type) && l.onLineOf(s, e.ChatID) {
			to := *s
			l.delivering.Go(func() {
				body := l.webhookBody(to.TargetURL, e)
				for range 1 + l.config.Redeliver {
					l.persist(to, e, body)
				}
			})
		}
	}
}

func (l *Linq) onLineOf(s *Subscription, chatID string) bool {
	if len(s.PhoneNumbers) == 0 {
		return true
	}
	c := l.findChat(chatID)
	return c != nil && c.us() != nil && slices.Contains(s.PhoneNumbers, c.us().Handle)
}

// persist tries again after 5xx, 429 and no answer, and after nothing else, as documented.
func (l *Linq) persist(to Subscription, e Event, body []byte) {
	backoff := webhookBackoff
	for try := 1; ; try++ {
		status, err := l.post(to, e, body)
		again := err != nil || status >= http.StatusInternalServerError || status == http.StatusTooManyRequests
		if !again || try == webhookTries || !wait(l.open, backoff) {
			return
		}
		backoff *= 2
	}
}

// post tries once.
func (l *Linq) post(to Subscription, e Event, body []byte) (status int, err error) {
	ctx, cancel := context.WithTimeout(l.open, webhookAnswer)
	defer cancel()
	began := time.Now()
	var sent http.Header
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.deliveries = append(l.deliveries, Delivery{
			At: began, SubscriptionID: to.ID, EventID: e.ID, Status: status, Took: time.Since(began), Header: sent, Body: body,
		})
		l.wake()
	}()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.TargetURL, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("linqtest: webhook: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	if err := l.signWebhook(r.Header, to, e, body); err != nil {
		return 0, fmt.Errorf("linqtest: webhook: %w", err)
	}
	sent = r.Header
	response, err := l.webhooks.Do(r)
	if err != nil {
		return 0, fmt.Errorf("linqtest: webhook: %w", err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxBody))
	return response.StatusCode, nil
}

// signWebhook sets both families of headers. That the old signature is keyed with the secret as it
// is written, prefix included, follows from the sample in the early OpenAPI description.
func (l *Linq) signWebhook(header http.Header, to Subscription, e Event, body []byte) error {
	now := time.Now()
	seconds := strconv.FormatInt(now.Unix(), 10)
	old := hmac.New(sha256.New, []byte(to.Secret))
	_, _ = old.Write([]byte(seconds + "." + string(body))) // a hash takes all
	header.Set("X-Webhook-Event", e.Type)
	header.Set("X-Webhook-Subscription-ID", cmp.Or(to.ID, uuid.Nil.String()))
	header.Set("X-Webhook-Timestamp", seconds)
	header.Set("X-Webhook-Signature", hex.EncodeToString(old.Sum(nil)))
	if l.config.StripWebhookHeaders {
		return nil
	}
	key, err := standardwebhooks.NewWebhook(to.Secret)
	if err != nil {
		return err
	}
	signature, err := key.Sign(e.ID, now, body)
	if err != nil {
		return err
	}
	header.Set(standardwebhooks.HeaderWebhookID, e.ID)
	header.Set(standardwebhooks.HeaderWebhookTimestamp, seconds)
	header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return nil
}

// shownEvent is the documented envelope, with the payload of the two events of participants.
type shownEvent struct {
	APIVersion     string         `json:"api_version"`
	WebhookVersion string         `json:"webhook_version"`
	Type           string         `json:"event_type"`
	ID             string         `json:"event_id"`
	CreatedAt      time.Time      `json:"created_at"`
	TraceID        string         `json:"trace_id"`
	PartnerID      string         `json:"partner_id"`
	Data           shownEventData `json:"data"`
}

type shownEventData struct {
	ChatID      string      `json:"chat_id"`
	Handle      string      `json:"handle"`
	Participant shownHandle `json:"participant"`
	RemovedAt   *time.Time  `json:"removed_at,omitempty"`
	AddedAt     *time.Time  `json:"added_at,omitempty"`
}

// webhookBody is the same for all deliveries of an event to one URL.
func (l *Linq) webhookBody(target string, e Event) []byte {
	const newest = "2026-02-03" // what a new subscription without a version gets
	version := newest
	if parsed, err := url.Parse(target); err == nil {
		version = cmp.Or(parsed.Query().Get("version"), newest)
	}
	who := person{Person: e.Person, id: l.participantID(e)}
	shown := shownEvent{
		APIVersion: "v3", WebhookVersion: version, Type: e.Type, ID: e.ID, CreatedAt: e.At,
		// The field is required. What it holds if no call asked for the change is not documented.
		TraceID:   cmp.Or(e.TraceID, strings.ReplaceAll(e.ID, "-", "")),
		PartnerID: "partner_linqtest",
		Data:      shownEventData{ChatID: e.ChatID, Handle: e.Person.Handle, Participant: who.show()},
	}
	if e.Type == ParticipantAdded {
		shown.Data.AddedAt = &e.At
	} else {
		shown.Data.RemovedAt = &e.At
	}
	body, _ := json.Marshal(shown) // only a year beyond 9999 could not be written
	return body
}

func (l *Linq) participantID(e Event) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.findChat(e.ChatID); c != nil {
		if p := c.find(e.Person.Handle); p != nil {
			return p.id
		}
	}
	return e.ID // no one whom the chat knows
}
