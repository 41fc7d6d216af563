package linq

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

const fuzzedChat = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"

// chatBody is a chat of as many people, in the documented shape.
func chatBody(people int) []byte {
	var handles []string
	for i := range people {
		handles = append(handles, fmt.Sprintf(`{"id":"c0a8f1de-9b34-4f8e-8a2f-%012d","handle":"+1202555%04d","service":"iMessage","status":"active","is_me":%t,"joined_at":"2026-09-30T17:20:00.000Z","left_at":null}`, i, i, i == 0))
	}
	return []byte(`{"id":"` + fuzzedChat + `","display_name":"Spring launch","handles":[` + strings.Join(handles, ",") +
		`],"is_archived":false,"is_group":true,"service":"iMessage","group_chat_icon":null,"health_status":{"status":"HEALTHY","doc_url":"https://docs.linqapp.com/","updated_at":"2026-09-30T17:20:00Z"},"created_at":"2026-09-30T17:20:00Z","updated_at":"2026-09-30T17:20:00Z"}`)
}

const errorBody = `{"success":false,"error":{"status":429,"code":1007,"message":"Rate limit exceeded","doc_url":"https://docs.linqapp.com/error/codes/1xxx/1007/","retry_after":30},"trace_id":"0af7651916cd43dd8448eb211c80319c"}`

func FuzzDecodeError(f *testing.F) {
	for _, seed := range []string{errorBody, "", "<html>", `{"error":"x"}`, `{"error":{"code":"2013","retry_after":"1e9"}}`, `{"error":[]}`, `null`, "\ufeff" + errorBody, `{"trace_id":"req_1"}`} {
		f.Add(409, "30", "4bf92f3577b34da6a3ce929d0e0e4736", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, retryAfter, trace string, body []byte) {
		header := http.Header{"Retry-After": {retryAfter}, "X-Trace-Id": {trace}}
		got := decodeError("remove participant", status, header, body)
		if got.HTTPStatus != status || got.Code < 0 || got.RetryAfter < 0 {
			t.Errorf("%+v", *got)
		}
		if got.TraceID != firstTraceID(got.TraceID) {
			t.Errorf("%q is no trace id", got.TraceID)
		}
		if got.DocURL != "" && !strings.HasPrefix(got.DocURL, "https://") || strings.ContainsAny(got.DocURL, "|<> \n") {
			t.Errorf("%q is no safe address", got.DocURL)
		}
		if len(got.Message) > 1<<10 || !utf8.ValidString(got.Message) {
			t.Errorf("message %q", got.Message)
		}
		text := got.Error()
		if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:, ") != "" {
			t.Errorf("text %q", text)
		}
	})
}

func FuzzDecodeChat(f *testing.F) {
	for _, seed := range []string{
		string(chatBody(1)), string(chatBody(10)), "", "<html>", `{"id":"` + fuzzedChat + `","handles":[null,{"handle":null,"left_at":"x"}]}`,
		`{"id":"` + fuzzedChat + `","handles":{"handle":5}}`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	asked, err := ParseChatID(fuzzedChat)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		chat, err := decodeChat(body, asked)
		if err != nil {
			if _, ok := errors.AsType[unreadable](err); !ok {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		if chat.ID != asked || len(chat.Handles) == 0 || len(chat.Active()) > len(chat.Handles) {
			t.Errorf("%+v", chat)
		}
		for _, p := range chat.Handles {
			found, ok := chat.Find(p.Handle)
			if ok == p.Handle.IsZero() || p.Active() && ok && !found.Active() {
				t.Errorf("%v is found as %v, %v", p, found, ok)
			}
		}
	})
}

func BenchmarkDecodeChat(b *testing.B) {
	body := chatBody(10)
	asked, err := ParseChatID(fuzzedChat)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeChat(body, asked); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeError(b *testing.B) {
	header := http.Header{"Retry-After": {"30"}, "X-Trace-Id": {"0af7651916cd43dd8448eb211c80319c"}}
	b.ReportAllocs()
	for b.Loop() {
		if decodeError("remove participant", http.StatusTooManyRequests, header, []byte(errorBody)).Code != CodeRateLimited {
			b.Fatal("the code is lost")
		}
	}
}
