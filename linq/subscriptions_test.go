package linq_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

const (
	testTarget = "https://bot.example/linq/webhooks?version=" + linq.WebhookVersion
	testSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)

func startWebhooks(t *testing.T) (*linqtest.Linq, *linq.Client) {
	t.Helper()
	l := linqtest.Start(t, linqtest.Config{})
	client, err := linq.New(linq.Config{BaseURL: l.BaseURL(), APIKey: l.APIKey()})
	assert.NilError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return l, client
}

func TestWebhookSubscriptionsFromFirstToLast(t *testing.T) {
	t.Parallel()
	l, client := startWebhooks(t)
	none, err := client.Subscriptions(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, len(none), 0)

	events, line := []string{linq.EventParticipantRemoved}, handle.New("+12025550100")
	made, secret, err := client.Subscribe(t.Context(), linq.SubscriptionRequest{
		TargetURL: testTarget, Events: events, PhoneNumbers: []handle.Handle{line},
	})
	assert.NilError(t, err)
	assert.Equal(t, secret, l.Subscriptions()[0].Secret)
	assert.DeepEqual(t, l.Subscriptions()[0].PhoneNumbers, []string{"+12025550100"}) // unmasked
	_, err = linq.NewWebhookVerifier([]string{secret})
	assert.NilError(t, err)
	want := linq.Subscription{ID: made.ID, TargetURL: testTarget, Events: events, PhoneNumbers: []handle.Handle{line}, Active: true}
	same := cmp.Comparer(func(a, b linq.Subscription) bool {
		return a.ID == b.ID && a.TargetURL == b.TargetURL && a.Active == b.Active && cmp.Equal(a.Events, b.Events) &&
			cmp.Equal(a.PhoneNumbers, b.PhoneNumbers, cmp.Comparer(handle.Handle.Is))
	})
	assert.DeepEqual(t, made, want, same)

	want.Active = false
	updated, err := client.UpdateSubscription(t.Context(), made.ID, linq.SubscriptionRequest{Active: new(false)})
	assert.NilError(t, err)
	assert.DeepEqual(t, updated, want, same)
	want.PhoneNumbers, want.Events = nil, []string{linq.EventParticipantAdded}
	updated, err = client.UpdateSubscription(t.Context(), made.ID, linq.SubscriptionRequest{Events: want.Events, PhoneNumbers: []handle.Handle{}})
	assert.NilError(t, err)
	assert.DeepEqual(t, updated, want, same)
	listed, err := client.Subscriptions(t.Context())
	assert.NilError(t, err)
	assert.DeepEqual(t, listed, []linq.Subscription{want}, same)
	assert.Equal(t, l.Subscriptions()[0].Secret, secret, "an update changed the secret")

	assert.NilError(t, client.DeleteSubscription(t.Context(), made.ID))
	assert.Assert(t, linq.IsNotFound(client.DeleteSubscription(t.Context(), made.ID)))
	assert.Equal(t, len(l.Subscriptions()), 0)
}

func TestWebhookSubscriptionsAreRefused(t *testing.T) {
	t.Parallel()
	l, client := startWebhooks(t)
	l.AddSubscription(linqtest.Subscription{TargetURL: testTarget})
	other := subscriptionID(t, l.AddSubscription(linqtest.Subscription{TargetURL: testTarget + "&other=1"}).ID)
	events := []string{linq.EventParticipantRemoved}
	subscribe := func(r linq.SubscriptionRequest) error {
		_, secret, err := client.Subscribe(t.Context(), r)
		assert.Equal(t, secret, "")
		return err
	}
	update := func(id linq.SubscriptionID, r linq.SubscriptionRequest) error {
		_, err := client.UpdateSubscription(t.Context(), id, r)
		return err
	}
	for name, test := range map[string]struct {
		err          error
		status, code int // 0: nothing was asked
	}{
		"URL in use":           {subscribe(linq.SubscriptionRequest{TargetURL: testTarget, Events: events}), 409, 2015},
		"update to one in use": {update(other, linq.SubscriptionRequest{TargetURL: testTarget}), 409, 2015},
		"http":                 {subscribe(linq.SubscriptionRequest{TargetURL: "http://bot.example/", Events: events}), 400, 1005},
		"private":              {subscribe(linq.SubscriptionRequest{TargetURL: "https://10.0.0.1/", Events: events}), 400, 1005},
		"no URL":               {subscribe(linq.SubscriptionRequest{Events: events}), 400, 1001},
		"no events":            {subscribe(linq.SubscriptionRequest{TargetURL: "https://a.example/"}), 400, 1001},
		"an empty list":        {subscribe(linq.SubscriptionRequest{TargetURL: "https://a.example/", Events: []string{}}), 400, 1005},
		"no number":            {update(other, linq.SubscriptionRequest{PhoneNumbers: []handle.Handle{handle.New("a@b.example")}}), 400, 1002},
		"unknown":              {update(subscriptionID(t, testChat), linq.SubscriptionRequest{Active: new(true)}), 404, 2010},
		"delete unknown":       {client.DeleteSubscription(t.Context(), subscriptionID(t, testChat)), 404, 2010},
		"created inactive":     {subscribe(linq.SubscriptionRequest{TargetURL: "https://a.example/", Events: events, Active: new(true)}), 0, 0},
		"update nothing":       {update(linq.SubscriptionID{}, linq.SubscriptionRequest{Active: new(true)}), 0, 0},
		"delete nothing":       {client.DeleteSubscription(t.Context(), linq.SubscriptionID{}), 0, 0},
	} {
		if test.status == 0 {
			assert.ErrorContains(t, test.err, "linq: ", name)
			continue
		}
		refusal, ok := errors.AsType[*linq.Error](test.err)
		assert.Assert(t, ok, "%s: %v", name, test.err)
		assert.Equal(t, refusal.HTTPStatus, test.status, name)
		assert.Equal(t, refusal.Code, test.code, name)
	}
	assert.Equal(t, len(l.Subscriptions()), 2)
}

func TestWebhookSubscriptionIDsAreOneSafeSegment(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", ".", "..", "../chats", "a/b", "%2e%2e", testChat + "/", testChat + "?x=1", "/" + testChat, "{" + testChat + "}",
		strings.Replace(testChat, "-", "/", 1), strings.Replace(testChat, "3b9d", "../.", 1), testChat[:35] + "é", " " + testChat,
	} {
		id, err := linq.ParseSubscriptionID(text)
		assert.ErrorContains(t, err, "not a subscription id: ", "%q", text)
		assert.Assert(t, id == linq.SubscriptionID{})
	}
	var asked []string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.RequestURI)
		w.WriteHeader(http.StatusNoContent)
	})
	assert.NilError(t, client.DeleteSubscription(t.Context(), subscriptionID(t, strings.ToUpper(testChat))))
	assert.DeepEqual(t, asked, []string{"DELETE /api/partner/v3/webhook-subscriptions/" + testChat})
}

// Whatever is wrong with an answer that holds the secret, the error does not.
func TestWebhookSecretsAreNotInErrors(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"broken JSON":           {201, `{"signing_secret":"` + testSecret + `"`},
		"secret elsewhere":      {201, `{"id":"` + testChat + `","secret":"` + testSecret + `"}`},
		"a list":                {201, `["` + testSecret + `"]`},
		"a refusal with secret": {500, `{"signing_secret":"` + testSecret + `"}`},
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(answer.status)
			_, _ = io.WriteString(w, answer.body)
		})
		_, secret, err := client.Subscribe(t.Context(), linq.SubscriptionRequest{TargetURL: testTarget, Events: []string{"a.b"}})
		assert.Assert(t, err != nil && secret == "", name)
		assert.Assert(t, !strings.Contains(err.Error(), testSecret), "%s: %v", name, err)
	}
}

func TestWebhookSubscriptionsWithoutAUsableIDAreListed(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"subscriptions":[{"id":"../x","target_url":"`+testTarget+`","phone_numbers":null,"is_active":true}]}`)
	})
	listed, err := client.Subscriptions(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, len(listed), 1)
	assert.Assert(t, listed[0].ID == linq.SubscriptionID{} && listed[0].TargetURL == testTarget)
}

func subscriptionID(t testing.TB, text string) linq.SubscriptionID {
	t.Helper()
	id, err := linq.ParseSubscriptionID(text)
	assert.NilError(t, err)
	return id
}
