package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/ingress"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/commands/outcome"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

const webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// seeing is an environment whose Linq never takes effect by itself, and tells by webhook.
func seeing(t *testing.T) *env {
	t.Helper()
	var h *env
	h = newEnv(t, envConfig{
		linq: linqtest.Config{EffectDelay: linqtest.OnSettle},
		change: func(c *Config) {
			c.Webhooks = webhooks(t, func(ctx context.Context, e linq.WebhookEvent) error {
				return reconcile.NewWebhookHandler(reconcile.WebhookConfig{Records: h.Ledger, Logger: c.Logger, Now: h.Clock.Now}).Take(ctx, e)
			})
		},
	})
	return h
}

func webhooks(t *testing.T, take func(context.Context, linq.WebhookEvent) error) *Webhooks {
	t.Helper()
	verifier, err := linq.NewWebhookVerifier([]string{webhookSecret})
	assert.NilError(t, err)
	return &Webhooks{Verifier: verifier, Take: take}
}

// told is an event as Linq documents it.
func told(id, kind, handle string, at time.Time) []byte {
	body, err := json.Marshal(map[string]any{
		"api_version": "v3", "webhook_version": "2026-02-03", "event_type": kind, "event_id": id,
		"created_at": at, "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "partner_id": "p1",
		"data": map[string]any{"chat_id": bottest.ChatID, "handle": handle, "participant": map[string]any{"handle": handle, "status": "removed"}},
	})
	if err != nil {
		panic(err)
	}
	return body
}

// webhook delivers a body as Linq does, and returns the status of the answer.
func (h *env) webhook(body []byte, change func(http.Header)) int {
	h.T.Helper()
	key, err := standardwebhooks.NewWebhook(webhookSecret)
	assert.NilError(h.T, err)
	now := time.Now()
	signature, err := key.Sign("msg_1", now, body)
	assert.NilError(h.T, err)
	request, err := http.NewRequestWithContext(h.T.Context(), http.MethodPost, h.server.URL+LinqWebhooksPath, bytes.NewReader(body))
	assert.NilError(h.T, err)
	request.Header.Set("webhook-id", "msg_1")
	request.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	request.Header.Set("webhook-signature", signature)
	request.Header.Set("X-Webhook-Signature", "0123")
	if change != nil {
		change(request.Header)
	}
	response, err := slackapi.NewHTTPClient().Do(request)
	assert.NilError(h.T, err)
	assert.NilError(h.T, response.Body.Close())
	return response.StatusCode
}

// queued asks for a removal and waits until Linq has it in its queue.
func (h *env) queued(handle string) ledger.Request {
	h.T.Helper()
	ack := h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + handle})
	h.awaitReply("Linq has queued")
	return h.View(ack.TriggerID).Requests[0]
}

func TestAWebhookShowsTheRemovalAtOnce(t *testing.T) {
	t.Parallel()
	h := seeing(t)
	r := h.queued(bottest.Ann)
	for range 3 { // deliveries repeat
		assert.Equal(t, h.webhook(told("e1", linq.EventParticipantRemoved, bottest.Ann, h.Clock.Now()), nil), http.StatusOK)
	}
	shown := h.awaitReply("0132 has left Spring launch; 6 people stay.")
	assert.Assert(t, strings.Contains(shown.Rendered, "[ Add back ]"), shown.Rendered)
	events, err := h.Ledger.Reader().History(t.Context(), r.ID, 100)
	assert.NilError(t, err)
	last := events[len(events)-1]
	assert.Equal(t, last.Cause, "Linq's webhook: participant.removed")
	assert.Equal(t, last.TraceID, "4bf92f3577b34da6a3ce929d0e0e4736")
	assert.Equal(t, last.State, ledger.Removed)
}

func TestALateWebhookMendsUnconfirmed(t *testing.T) {
	t.Parallel()
	h := seeing(t)
	r := h.queued(bottest.Ann)
	r, err := h.Ledger.Request(t.Context(), r.ID)
	assert.NilError(t, err)
	r.State, r.Reason = ledger.Unconfirmed, outcome.ReasonStillListed
	_, err = h.Ledger.Save(t.Context(), r, ledger.Change{Cause: "the test says so", News: true})
	assert.NilError(t, err)
	h.awaitReply("10 minutes later")
	assert.Equal(t, h.webhook(told("e1", linq.EventParticipantRemoved, bottest.Ann, h.Clock.Now()), nil), http.StatusOK)
	h.awaitReply("0132 has left Spring launch")
}

func TestWebhooksThatEndNothing(t *testing.T) {
	t.Parallel()
	h := seeing(t)
	r := h.queued(bottest.Ann)
	for name, body := range map[string][]byte{
		"another person":      told("e1", linq.EventParticipantRemoved, bottest.Bert, h.Clock.Now()),
		"long before the try": told("e2", linq.EventParticipantRemoved, bottest.Ann, h.Clock.Now().Add(-time.Hour)),
		"somebody was added":  told("e3", linq.EventParticipantAdded, bottest.Ann, h.Clock.Now()),
		"no interest":         []byte(`{"event_id":"e4","event_type":"message.received","data":{}}`),
		"no event":            []byte(`{"hello":1}`),
		"no JSON":             []byte(`<html>`),
	} {
		assert.Equal(t, h.webhook(body, nil), http.StatusOK, name)
	}
	after, err := h.Ledger.Request(t.Context(), r.ID)
	assert.NilError(t, err)
	assert.Equal(t, after.State, ledger.Sent)
	kept, err := h.Ledger.HasWebhookEvent(t.Context(), "e1")
	assert.NilError(t, err)
	assert.Assert(t, kept, "what nobody asked for is recorded")
}

func TestWebhooksAreVerified(t *testing.T) {
	t.Parallel()
	h := seeing(t)
	r := h.queued(bottest.Ann)
	body := told("e1", linq.EventParticipantRemoved, bottest.Ann, h.Clock.Now())
	for name, change := range map[string]func(http.Header){
		"another signature": func(h http.Header) { h.Set("webhook-signature", "v1,bm9wZQ==") },
		"another id":        func(h http.Header) { h.Set("webhook-id", "msg_2") },
		"an old time":       func(h http.Header) { h.Set("webhook-timestamp", "1700000000") },
		"stripped headers": func(h http.Header) {
			for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
				h.Del(name)
			}
		},
	} {
		assert.Equal(t, h.webhook(body, change), http.StatusUnauthorized, name)
	}
	assert.Assert(t, strings.Contains(h.Log.String(), "webhook-id, webhook-timestamp, webhook-signature"), "the missing headers are named")
	after, err := h.Ledger.Request(t.Context(), r.ID)
	assert.NilError(t, err)
	assert.Equal(t, after.State, ledger.Sent)
	assert.Equal(t, h.webhook(bytes.Repeat([]byte(" "), ingress.LargestBody+1), nil), http.StatusRequestEntityTooLarge)
}

func TestAWebhookThatCannotBeKeptComesAgain(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{change: func(c *Config) {
		c.Webhooks = webhooks(t, func(context.Context, linq.WebhookEvent) error { return errors.New("the ledger does not answer") })
	}})
	assert.Equal(t, h.webhook(told("e1", linq.EventParticipantRemoved, bottest.Ann, time.Now()), nil), http.StatusInternalServerError)
}

func TestWithoutASecretThereIsNoRoute(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	assert.Equal(t, h.webhook(told("e1", linq.EventParticipantRemoved, bottest.Ann, time.Now()), nil), http.StatusNotFound)
}
