package linq

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"linqbot/linq/handle"
)

// WebhookVersion is the version of the webhooks that linqbot reads. A subscription names it in its
// target URL: "?version=2026-02-03".
const WebhookVersion = "2026-02-03"

// SubscriptionID names a webhook subscription. The only way to make one is [ParseSubscriptionID],
// so like a [ChatID] it is one path segment with nothing in it to escape. The zero value names none.
type SubscriptionID struct {
	canonical string
}

// ParseSubscriptionID takes a UUID in its canonical form, as [ParseChatID] does.
func ParseSubscriptionID(text string) (SubscriptionID, error) {
	id, err := ParseChatID(text)
	if wrong, ok := errors.AsType[*ChatIDError](err); ok {
		return SubscriptionID{}, errors.New("not a subscription id: " + wrong.Reason)
	}
	return SubscriptionID{canonical: id.String()}, err
}

// String returns the canonical lower-case form, or "" for the zero value.
func (id SubscriptionID) String() string { return id.canonical }

// isZero reports whether id names no subscription.
func (id SubscriptionID) isZero() bool { return id.canonical == "" }

// Subscription is where Linq sends webhooks, and which.
type Subscription struct {
	ID           SubscriptionID // zero if Linq's is no UUID: such a subscription cannot be changed
	TargetURL    string
	Events       []string
	PhoneNumbers []handle.Handle // only what happens on these lines of ours; empty: on all
	Active       bool
}

// SubscriptionRequest is what a subscription shall be. What is nil or "" is not sent, and so is
// left as it is by [Client.UpdateSubscription].
type SubscriptionRequest struct {
	TargetURL    string
	Events       []string
	PhoneNumbers []handle.Handle // empty but not nil: all lines
	Active       *bool           // for updates only: a new subscription is active
}

func (r SubscriptionRequest) body() map[string]any {
	body := map[string]any{}
	if r.TargetURL != "" {
		body["target_url"] = r.TargetURL
	}
	if r.Events != nil {
		body["subscribed_events"] = r.Events
	}
	if r.PhoneNumbers != nil {
		numbers := make([]string, len(r.PhoneNumbers))
		for i, number := range r.PhoneNumbers {
			numbers[i] = number.Full()
		}
		body["phone_numbers"] = numbers
	}
	if r.Active != nil {
		body["is_active"] = *r.Active
	}
	return body
}

// Subscriptions lists all webhook subscriptions of the account, inactive ones too.
func (c *Client) Subscriptions(ctx context.Context) ([]Subscription, error) {
	var subscriptions []Subscription
	err := c.read(ctx, request{
		op:     "list subscriptions",
		method: http.MethodGet,
		path:   subscriptionPath(),
		limit:  maxBody,
	}, func(body []byte) (err error) {
		subscriptions, err = decodeSubscriptions(body)
		return err
	})
	return subscriptions, err
}

// Subscribe makes a subscription. Only this answer holds the secret that its webhooks are signed with. After an
// [*UnreadableError], or a [*NoAnswerError] that may have been sent, the subscription may exist without anybody
// knowing its secret. It can then only be deleted.
func (c *Client) Subscribe(ctx context.Context, wanted SubscriptionRequest) (made Subscription, secret string, err error) {
	const op = "subscribe"
	if wanted.Active != nil {
		return Subscription{}, "", fmt.Errorf("linq: %s: a new subscription is active", op)
	}
	err = c.read(ctx, request{
		op:     op,
		method: http.MethodPost,
		path:   subscriptionPath(),
		body:   wanted.body(),
		limit:  maxBody,
	}, func(body []byte) (err error) {
		made, secret, err = decodeNewSubscription(body)
		return err
	})
	return made, secret, err
}

// UpdateSubscription changes a subscription. Its secret stays the same.
func (c *Client) UpdateSubscription(ctx context.Context, id SubscriptionID, wanted SubscriptionRequest) (Subscription, error) {
	const op = "update subscription"
	if id.isZero() {
		return Subscription{}, fmt.Errorf("linq: %s: no subscription is named", op)
	}
	var updated Subscription
	err := c.read(ctx, request{
		op:     op,
		method: http.MethodPut,
		path:   subscriptionPath(id.String()),
		body:   wanted.body(),
		limit:  maxBody,
	}, func(body []byte) (err error) {
		updated, err = decodeSubscription(body, id)
		return err
	})
	return updated, err
}

// DeleteSubscription ends a subscription. Any 2xx is a success.
func (c *Client) DeleteSubscription(ctx context.Context, id SubscriptionID) error {
	const op = "delete subscription"
	if id.isZero() {
		return fmt.Errorf("linq: %s: no subscription is named", op)
	}
	_, err := c.do(ctx, request{op: op, method: http.MethodDelete, path: subscriptionPath(id.String()), limit: maxBody})
	return err
}

func subscriptionPath(below ...string) []string {
	return append([]string{"v3", "webhook-subscriptions"}, below...)
}

const (
	errNoSubscriptions   unreadable = "it has no list of subscriptions"
	errOtherSubscription unreadable = "it is not about the subscription that was asked for"
	errNoSecret          unreadable = "it has no signing secret"
)

type wireSubscription struct {
	ID            string   `json:"id"`
	TargetURL     string   `json:"target_url"`
	Events        []string `json:"subscribed_events"`
	PhoneNumbers  []string `json:"phone_numbers"`
	Active        bool     `json:"is_active"`
	SigningSecret string   `json:"signing_secret"` // in the answer to a creation alone
}

func (w wireSubscription) subscription() Subscription {
	s := Subscription{TargetURL: w.TargetURL, Events: w.Events, Active: w.Active}
	if id, err := ParseSubscriptionID(w.ID); err == nil {
		s.ID = id
	}
	for _, number := range w.PhoneNumbers {
		s.PhoneNumbers = append(s.PhoneNumbers, handle.New(strings.TrimSpace(number)))
	}
	return s
}

// decodeSubscriptions keeps those without a usable id too: they take up a URL.
func decodeSubscriptions(body []byte) ([]Subscription, error) {
	var w struct {
		Subscriptions *[]wireSubscription `json:"subscriptions"`
	}
	if err := decodeJSON(body, &w); err != nil {
		return nil, err
	}
	if w.Subscriptions == nil {
		return nil, errNoSubscriptions
	}
	var subscriptions []Subscription
	for _, each := range *w.Subscriptions {
		subscriptions = append(subscriptions, each.subscription())
	}
	return subscriptions, nil
}

func decodeNewSubscription(body []byte) (made Subscription, secret string, err error) {
	var w wireSubscription
	if err := decodeJSON(body, &w); err != nil {
		return Subscription{}, "", err
	}
	if w.SigningSecret == "" {
		return Subscription{}, "", errNoSecret
	}
	return w.subscription(), w.SigningSecret, nil
}

func decodeSubscription(body []byte, asked SubscriptionID) (Subscription, error) {
	var w wireSubscription
	if err := decodeJSON(body, &w); err != nil {
		return Subscription{}, err
	}
	s := w.subscription()
	if s.ID != asked {
		return Subscription{}, errOtherSubscription
	}
	return s, nil
}
