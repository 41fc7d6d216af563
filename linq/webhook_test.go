package linq_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"linqbot/linq"
)

// The vector of the Standard Webhooks specification.
const (
	vectorSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorTime      = 1614265330
	vectorBody      = `{"test": 2432232314}`
	vectorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

func webhookHeaders(id string, at int64, signature string) http.Header {
	return http.Header{
		"Webhook-Id": {id}, "Webhook-Timestamp": {strconv.FormatInt(at, 10)}, "Webhook-Signature": {signature},
	}
}

func TestTheSpecificationsVector(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Unix(vectorTime, 0)))
		v := verifier(t, "whsec_"+strings.Repeat("AAAA", 8), vectorSecret) // a new secret beside the old one
		good := webhookHeaders(vectorID, vectorTime, "v1,bm9wZQ== "+vectorSignature)
		if err := v.Verify(good, []byte(vectorBody)); err != nil {
			t.Errorf("the vector: %v", err)
		}
		for name, refused := range map[string]struct {
			header http.Header
			body   string
		}{
			"one byte changed":   {good, vectorBody + " "},
			"another id":         {webhookHeaders("msg_x", vectorTime, vectorSignature), vectorBody},
			"another time":       {webhookHeaders(vectorID, vectorTime+1, vectorSignature), vectorBody},
			"another version":    {webhookHeaders(vectorID, vectorTime, strings.Replace(vectorSignature, "v1", "v2", 1)), vectorBody},
			"no signature":       {webhookHeaders(vectorID, vectorTime, ""), vectorBody},
			"no headers":         {http.Header{}, vectorBody},
			"half a signature":   {webhookHeaders(vectorID, vectorTime, vectorSignature[:20]), vectorBody},
			"an empty signature": {webhookHeaders(vectorID, vectorTime, "v1,"), vectorBody},
		} {
			if err := v.Verify(refused.header, []byte(refused.body)); !errors.Is(err, linq.ErrWebhookUnsigned) {
				t.Errorf("%s: %v", name, err)
			}
		}
		time.Sleep(5*time.Minute + time.Second)
		if err := v.Verify(good, []byte(vectorBody)); err == nil {
			t.Error("a signature of more than five minutes ago is taken")
		}
	})
}

func TestWebhooksFromTheFuture(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Unix(vectorTime, 0).Add(-5*time.Minute - 2*time.Second)))
		if err := verifier(t, vectorSecret).Verify(webhookHeaders(vectorID, vectorTime, vectorSignature), []byte(vectorBody)); err == nil {
			t.Error("a signature of more than five minutes ahead is taken")
		}
	})
}

func TestStrippedWebhookHeadersAreNamed(t *testing.T) {
	t.Parallel()
	header := http.Header{"X-Webhook-Signature": {"abc"}, "X-Webhook-Timestamp": {"1"}}
	if err := verifier(t, vectorSecret).Verify(header, nil); !errors.Is(err, linq.ErrWebhookHeadersStripped) {
		t.Errorf("%v", err)
	}
}

func TestWebhookSecretsAreChecked(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", "whsec_", "whsec_AAAA", "secret", "whsec_" + strings.Repeat("!", 32)} {
		_, err := linq.NewWebhookVerifier([]string{secret})
		if err == nil || len(secret) > 8 && strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", secret, err)
		}
	}
	if _, err := linq.NewWebhookVerifier(nil); err == nil {
		t.Error("no secret at all is taken")
	}
}

func verifier(t *testing.T, secrets ...string) *linq.WebhookVerifier {
	t.Helper()
	v, err := linq.NewWebhookVerifier(secrets)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const removedEvent = `{
	"api_version": "v3", "webhook_version": "2026-02-03", "event_type": "participant.removed",
	"event_id": "7f3c2a10-5b1e-4c0a-9a55-0d8c7be1f204", "created_at": "2026-10-12T09:41:07Z",
	"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "partner_id": "partner_demo_01",
	"data": {
		"chat_id": "3B9D7C52-2f64-4a7e-8d0b-6f1f0a9c4e11", "handle": "+12025550143",
		"participant": {"handle": "+12025550143", "service": "iMessage", "status": "removed", "is_me": false,
			"left_at": "2026-10-12T09:41:06.000Z"},
		"removed_at": "2026-10-12T09:41:06Z"
	}
}`

const createdChat = `{"id":"3B9D7C52-2f64-4a7e-8d0b-6f1f0a9c4e11","display_name":"Summer","is_group":true,"handles":[{"handle":"+12025550143"}]}`

func TestDecodeWebhook(t *testing.T) {
	t.Parallel()
	e, err := linq.DecodeWebhook([]byte(removedEvent))
	if err != nil || e.Type != linq.EventParticipantRemoved || e.ChatID.String() != "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11" ||
		e.Person.Handle.Full() != "+12025550143" || e.Person.Status != linq.StatusRemoved || e.TraceID == "" || e.CreatedAt.IsZero() {
		t.Errorf("%+v, %v", e, err)
	}
	// Only the deprecated field is sure to be there.
	e, err = linq.DecodeWebhook([]byte(`{"event_id":"e1","event_type":"participant.removed","data":{"handle":"+12025550143"}}`))
	if err != nil || e.Person.Handle.Full() != "+12025550143" || !e.ChatID.IsZero() {
		t.Errorf("%+v, %v", e, err)
	}
	if e, err = linq.DecodeWebhook([]byte(`{"event_id":"e1","event_type":"message.received","data":{"chat_id":7}}`)); err == nil && !e.Person.Handle.IsZero() {
		t.Errorf("%+v, %v", e, err)
	}
	// What a chat.created holds is what reading the chat would show.
	e, err = linq.DecodeWebhook([]byte(`{"event_id":"e2","event_type":"chat.created","data":` + createdChat + `}`))
	if err != nil || e.ChatID != e.Chat.ID || e.Chat.DisplayName != "Summer" || !e.Chat.IsGroup || len(e.Chat.Handles) != 1 {
		t.Errorf("%+v, %v", e, err)
	}
	e, err = linq.DecodeWebhook([]byte(`{"event_id":"e3","event_type":"chat.group_name_updated","data":{"chat_id":"3B9D7C52-2f64-4a7e-8d0b-6f1f0a9c4e11","old_value":"Spring","new_value":"Summer"}}`))
	if err != nil || e.ChatID.IsZero() || e.Name != "Summer" {
		t.Errorf("%+v, %v", e, err)
	}
	for value, unsaid := range map[string]bool{`,"new_value":null`: false, `,"new_value":""`: false, ``: true, `,"new_value":7`: true} {
		e, err = linq.DecodeWebhook([]byte(`{"event_id":"e3","event_type":"chat.group_name_updated","data":{"chat_id":"3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"` + value + `}}`))
		if err != nil || e.Name != "" || e.NoName != unsaid {
			t.Errorf("%s: %+v, %v", value, e, err)
		}
	}
	for status, ill := range map[string]bool{"ACTIVE": false, "active": false, "FLAGGED": true, "SUSPENDED": true, "": false} {
		e, err = linq.DecodeWebhook([]byte(`{"event_id":"e4","event_type":"phone_number.status_updated","data":{"phone_number":"+12025550100","previous_status":"ACTIVE","new_status":"` + status + `"}}`))
		if err != nil || e.Line.Number.Full() != "+12025550100" || e.Line.Status != status || e.Line.Ill() != ill {
			t.Errorf("%+v, %v", e, err)
		}
	}
	for _, body := range []string{"", "null", "[]", "{}", `{"event_id":"e1"}`, `{"event_type":"participant.removed"}`} {
		if e, err := linq.DecodeWebhook([]byte(body)); err == nil {
			t.Errorf("%s: %+v", body, e)
		}
	}
}

func FuzzDecodeWebhook(f *testing.F) {
	f.Add([]byte(removedEvent))
	f.Add([]byte(`{"event_id":"e1","event_type":"participant.added","data":{"participant":{}}}`))
	f.Add([]byte(`{"event_id":"e2","event_type":"chat.created","data":` + createdChat + `}`))
	f.Add([]byte(`{"event_id":"e3","event_type":"chat.group_name_updated","data":{"chat_id":null,"new_value":null}}`))
	f.Add([]byte(`{"event_id":"e4","event_type":"phone_number.status_updated","data":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := linq.DecodeWebhook(body)
		if err == nil && (e.ID == "" || e.Type == "") {
			t.Errorf("an event without id or type: %+v", e)
		}
	})
}

func BenchmarkVerifyWebhook(b *testing.B) {
	v, err := linq.NewWebhookVerifier([]string{vectorSecret})
	if err != nil {
		b.Fatal(err)
	}
	key, err := standardwebhooks.NewWebhook(vectorSecret)
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	signature, err := key.Sign("e1", now, []byte(removedEvent))
	if err != nil {
		b.Fatal(err)
	}
	header := webhookHeaders("e1", now.Unix(), signature)
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Verify(header, []byte(removedEvent)); err != nil {
			b.Fatal(err)
		}
	}
}
