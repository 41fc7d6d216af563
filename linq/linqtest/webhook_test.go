package linqtest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// hook is where webhooks arrive.
type hook struct {
	url string

	mu       sync.Mutex
	statuses []int // of the next answers; then 200
	headers  []http.Header
	bodies   [][]byte
}

func newHook(t *testing.T, statuses ...int) *hook {
	t.Helper()
	h := &hook{statuses: statuses}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	h.url = server.URL + "/linq/webhooks?version=" + linq.WebhookVersion
	return h
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.headers, h.bodies = append(h.headers, r.Header.Clone()), append(h.bodies, body)
	if len(h.statuses) > 0 {
		w.WriteHeader(h.statuses[0])
		h.statuses = h.statuses[1:]
	}
}

func awaitDeliveries(t *testing.T, l *linqtest.Linq, count int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); len(l.Deliveries()) < count; time.Sleep(time.Millisecond) {
		assert.Assert(t, time.Now().Before(deadline), "deliveries: %+v", l.Deliveries())
	}
	const more = 60 * time.Millisecond // if one too many comes, then by now
	time.Sleep(more)
	assert.Equal(t, len(l.Deliveries()), count)
}

func verify(t *testing.T, secret string, header http.Header, body []byte) error {
	t.Helper()
	verifier, err := linq.NewWebhookVerifier([]string{secret})
	assert.NilError(t, err)
	return verifier.Verify(header, body)
}

func TestWebhooksAreSignedAsDocumented(t *testing.T) {
	t.Parallel()
	l, client, id := group(t, linqtest.Config{})
	h := newHook(t)
	_, secret, err := client.Subscribe(t.Context(), linq.SubscriptionRequest{
		TargetURL: h.url, Events: []string{linq.EventParticipantRemoved},
	})
	assert.NilError(t, err)
	accepted, err := remove(t, client, id, ben)
	assert.NilError(t, err)
	awaitDeliveries(t, l, 1)

	assert.NilError(t, verify(t, secret, h.headers[0], h.bodies[0]))
	got, err := linq.DecodeWebhook(h.bodies[0])
	assert.NilError(t, err)
	happened := l.Events()[0]
	assert.Equal(t, got.ID, happened.ID)
	assert.Equal(t, h.headers[0].Get("webhook-id"), got.ID)
	assert.Equal(t, got.Type, linq.EventParticipantRemoved)
	assert.Equal(t, got.TraceID, accepted.TraceID)
	assert.Equal(t, got.ChatID, id)
	assert.Equal(t, got.Person.Handle.Full(), ben)
	assert.Equal(t, got.Person.Status, linq.StatusRemoved)
	assert.Assert(t, got.Person.LeftAt != nil)
	for _, field := range []string{"api_version", "webhook_version", "created_at", "partner_id", "removed_at"} {
		assert.Assert(t, strings.Contains(string(h.bodies[0]), `"`+field+`":"`), field)
	}

	old := hmac.New(sha256.New, []byte(secret))
	old.Write([]byte(h.headers[0].Get("X-Webhook-Timestamp") + "." + string(h.bodies[0])))
	assert.Equal(t, h.headers[0].Get("X-Webhook-Signature"), hex.EncodeToString(old.Sum(nil)))
	assert.Equal(t, h.headers[0].Get("X-Webhook-Subscription-Id"), l.Subscriptions()[0].ID)
	assert.Equal(t, h.headers[0].Get("X-Webhook-Event"), got.Type)
}

func TestWebhooksAreTriedAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answers []int
		again   int // Redeliver
		want    int
	}{
		"taken":             {nil, 0, 1},
		"taken, and twice":  {nil, 1, 2},
		"5xx and 429":       {[]int{503, 429, 500}, 0, 4},
		"4xx":               {[]int{401}, 0, 1},
		"a redirect":        {[]int{307}, 0, 1},
		"5xx, then twice":   {[]int{503}, 1, 3},
		"5xx without end":   {[]int{500, 500, 500, 500, 500, 500, 500, 500, 500, 500}, 0, 8},
		"refused, yet once": {[]int{400}, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, client, id := group(t, linqtest.Config{Redeliver: test.again})
			h := newHook(t, test.answers...)
			secret := l.AddSubscription(linqtest.Subscription{TargetURL: h.url}).Secret
			_, err := remove(t, client, id, ben)
			assert.NilError(t, err)
			awaitDeliveries(t, l, test.want)
			for i, body := range h.bodies {
				assert.Equal(t, string(body), string(h.bodies[0]))
				assert.NilError(t, verify(t, secret, h.headers[i], body))
			}
		})
	}
}

func TestWebhooksGoToThoseWhoAsked(t *testing.T) {
	t.Parallel()
	l, client, id := group(t, linqtest.Config{})
	h := newHook(t)
	yes := l.AddSubscription(linqtest.Subscription{TargetURL: h.url, PhoneNumbers: []string{line}}).ID
	l.AddSubscription(linqtest.Subscription{TargetURL: h.url + "&b", PhoneNumbers: []string{"+12025550999"}})
	l.AddSubscription(linqtest.Subscription{TargetURL: h.url + "&c", Events: []string{linqtest.ParticipantAdded}})
	asleep, err := linq.ParseSubscriptionID(l.AddSubscription(linqtest.Subscription{TargetURL: h.url + "&d"}).ID)
	assert.NilError(t, err)
	_, err = client.UpdateSubscription(t.Context(), asleep, linq.SubscriptionRequest{Active: new(false)})
	assert.NilError(t, err)

	assert.Assert(t, l.LeaveByThemselves(id.String(), ben))
	awaitDeliveries(t, l, 1)
	assert.Equal(t, l.Deliveries()[0].SubscriptionID, yes)
	got, err := linq.DecodeWebhook(h.bodies[0])
	assert.NilError(t, err)
	assert.Equal(t, got.Person.Status, linq.StatusLeft)
}

func TestWebhooksByHandAndStripped(t *testing.T) {
	t.Parallel()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	for _, strip := range []bool{false, true} {
		l, _, id := group(t, linqtest.Config{StripWebhookHeaders: strip})
		h := newHook(t, http.StatusTeapot)
		status, err := l.SendWebhook(h.url, secret, linqtest.Event{ChatID: id.String(), Person: linqtest.Person{Handle: ben}})
		assert.NilError(t, err)
		assert.Equal(t, status, http.StatusTeapot)
		if err = verify(t, secret, h.headers[0], h.bodies[0]); strip {
			assert.Assert(t, errors.Is(err, linq.ErrWebhookHeadersStripped), "%v", err)
		} else {
			assert.NilError(t, err)
		}
		got, err := linq.DecodeWebhook(h.bodies[0])
		assert.NilError(t, err)
		assert.Assert(t, got.ID != "" && got.Type == linq.EventParticipantRemoved && got.Person.Status == linq.StatusRemoved)
	}
	l, _, _ := group(t, linqtest.Config{})
	_, err := l.SendWebhook("http://127.0.0.1:1/", secret, linqtest.Event{})
	assert.ErrorContains(t, err, "linqtest: webhook: ")
	l.Close()
	_, err = l.SendWebhook(newHook(t).url, secret, linqtest.Event{})
	assert.ErrorContains(t, err, "canceled")
}

// Close waits for no one who does not answer.
func TestWebhooksEndWithTheirLinq(t *testing.T) {
	t.Parallel()
	l, client, id := group(t, linqtest.Config{})
	hanging, release := make(chan struct{}, 1), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		hanging <- struct{}{}
		<-release
	}))
	defer server.Close()
	defer close(release)
	l.AddSubscription(linqtest.Subscription{TargetURL: server.URL})
	_, err := remove(t, client, id, ben)
	assert.NilError(t, err)
	<-hanging
	begun := time.Now()
	l.Close()
	assert.Assert(t, time.Since(begun) < 5*time.Second)
}
