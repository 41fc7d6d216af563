package linqtest

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Prefix is the path of the base URL.
const Prefix = "/api/partner/"

// Op is a kind of request.
type Op string

// The kinds of requests that are served.
const (
	Remove       Op = "remove participant"
	Add          Op = "add participant"
	GetChat      Op = "get chat"
	ListChats    Op = "list chats"
	PhoneNumbers Op = "list phone numbers"

	// OldPhoneNumbers is the deprecated spelling of the path, without the underscore.
	OldPhoneNumbers Op = "list phonenumbers"

	ListSubscriptions  Op = "list subscriptions"
	GetSubscription    Op = "get subscription"
	Subscribe          Op = "subscribe"
	UpdateSubscription Op = "update subscription"
	Unsubscribe        Op = "delete subscription"
	ListWebhookEvents  Op = "list webhook events"

	unknown Op = "unknown"
)

const maxBody = 1 << 20

// ServeHTTP implements [http.Handler].
func (l *Linq) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The body is read to its end first: only then does net/http notice a client that goes away.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		body = nil
	}
	asked := route(r)
	asked.body = body
	asked.traceID = strings.ReplaceAll(uuid.NewString(), "-", "")

	place := l.arrived(Exchange{Body: body, Call: Call{
		At:      time.Now(),
		Op:      asked.op,
		Method:  r.Method,
		Path:    r.URL.RequestURI(),
		ChatID:  asked.chatID,
		Handle:  handleIn(body),
		TraceID: asked.traceID,
	}})
	fault := l.faultFor(asked.op, asked.chatID)

	var answer reply
	if fault.works() {
		answer = l.answer(r, asked, fault.Lost)
	}
	if !wait(r.Context(), fault.Delay) {
		return
	}
	if fault.Drop != NoDrop {
		panic(http.ErrAbortHandler) // net/http closes the connection
	}
	answer = fault.spoil(answer, asked.traceID)
	l.answered(place, answer)
	if fault.Untraced {
		asked.traceID = ""
	}
	answer.write(w, asked.traceID)
}

// request is a request as it was understood.
type request struct {
	op      Op
	allow   string // the methods of the path, if the request's own is none of them
	chatID  string
	body    []byte
	traceID string

	subscription string // its id
}

func route(r *http.Request) request {
	path, ok := strings.CutPrefix(r.URL.Path, Prefix+"v3/")
	if !ok {
		return request{op: unknown}
	}
	byMethod := map[string]Op{http.MethodGet: GetChat}
	chatID, subscription := "", ""
	switch segments := strings.Split(path, "/"); {
	case path == "phone_numbers":
		byMethod = map[string]Op{http.MethodGet: PhoneNumbers}
	case path == "phonenumbers":
		byMethod = map[string]Op{http.MethodGet: OldPhoneNumbers}
	case path == "chats":
		byMethod = map[string]Op{http.MethodGet: ListChats}
	case len(segments) == 2 && segments[0] == "chats":
		chatID = segments[1]
	case len(segments) == 3 && segments[0] == "chats" && segments[2] == "participants":
		chatID = segments[1]
		byMethod = map[string]Op{http.MethodDelete: Remove, http.MethodPost: Add}
	case path == "webhook-subscriptions":
		byMethod = map[string]Op{http.MethodGet: ListSubscriptions, http.MethodPost: Subscribe}
	case len(segments) == 2 && segments[0] == "webhook-subscriptions":
		subscription = segments[1]
		byMethod = map[string]Op{http.MethodGet: GetSubscription, http.MethodPut: UpdateSubscription, http.MethodDelete: Unsubscribe}
	case path == "webhook-events":
		byMethod = map[string]Op{http.MethodGet: ListWebhookEvents}
	default:
		return request{op: unknown}
	}
	if op, ok := byMethod[r.Method]; ok {
		return request{op: op, chatID: chatID, subscription: subscription}
	}
	var methods []string
	for _, method := range []string{http.MethodDelete, http.MethodGet, http.MethodPost, http.MethodPut} {
		if byMethod[method] != "" {
			methods = append(methods, method)
		}
	}
	return request{op: unknown, allow: strings.Join(methods, ", ")}
}

// answer does what was asked for. What an unknown route gets is not documented.
func (l *Linq) answer(r *http.Request, asked request, lost bool) reply {
	switch {
	case asked.allow != "":
		refusal := plain(http.StatusMethodNotAllowed, "method not allowed")
		refusal.header.Set("Allow", asked.allow)
		return refusal
	case asked.op == unknown:
		return plain(http.StatusNotFound, "not found")
	case r.Header.Get("Authorization") != "Bearer "+l.config.APIKey:
		return refuse(http.StatusUnauthorized, 2004, "Unauthorized - missing or invalid authentication token", asked.traceID)
	}
	switch asked.op {
	case GetChat:
		return l.getChat(asked)
	case ListChats:
		return l.listChats(r.URL.Query(), asked.traceID)
	case PhoneNumbers:
		return l.listPhoneNumbers()
	case OldPhoneNumbers:
		return l.listOldPhoneNumbers()
	case ListSubscriptions:
		return l.listSubscriptions()
	case ListWebhookEvents:
		return listWebhookEvents()
	case GetSubscription:
		return l.getSubscription(asked)
	case Subscribe, UpdateSubscription, Unsubscribe:
		return l.changeSubscription(r.Header.Get("Content-Type"), asked)
	}
	return l.change(r.Header.Get("Content-Type"), asked, lost)
}
