package linqtest

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/mail"
	"regexp"
)

// fewest is how many active people a group keeps, our line included. That our line counts is not
// documented, but follows from what Linq says of groups and of leaving them.
const fewest = 3

type participantBody struct {
	Handle *string `json:"handle"`
}

// accepted is the documented body of an accepted change.
type accepted struct {
	Status  string `json:"status"`
	Message string `json:"message"`
	TraceID string `json:"trace_id"`
}

// change answers the requests to remove and to add a participant.
func (l *Linq) change(contentType string, asked request, lost bool) reply {
	handle, refusal := changeHandle(contentType, asked)
	if refusal != nil {
		return *refusal
	}
	queued, refusal := l.enqueue(asked, handle, lost)
	if refusal != nil {
		return *refusal
	}
	if queued != nil {
		l.start(queued)
	}
	message := "Participant removal queued"
	if asked.op == Add {
		message = "Participant addition queued"
	}
	return ok(http.StatusAccepted, accepted{Status: "accepted", Message: message, TraceID: asked.traceID})
}

func changeHandle(contentType string, asked request) (string, *reply) {
	no := func(code int, message string) (string, *reply) {
		refusal := refuse(http.StatusBadRequest, code, message, asked.traceID)
		return "", &refusal
	}
	var body participantBody
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "application/json" || json.Unmarshal(asked.body, &body) != nil {
		return no(1003, "Request body is malformed or contains invalid JSON")
	}
	if body.Handle == nil || *body.Handle == "" {
		return no(1001, "A required field is missing from the request: handle")
	}
	if !isHandle(*body.Handle) {
		return no(1002, "Phone number must be in E.164 format")
	}
	return *body.Handle, nil
}

// enqueue puts the change into the queue, unless the same one waits there already.
func (l *Linq) enqueue(asked request, handle string, lost bool) (*effect, *reply) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.findChat(asked.chatID)
	status, code, message := l.judge(asked.op, c, handle)
	if code != 0 {
		refusal := refuse(status, code, message, asked.traceID)
		return nil, &refusal
	}
	if lost || l.queued(asked.op, c, handle) {
		return nil, nil
	}
	e := &effect{op: asked.op, chatID: c.ID, handle: handle, traceID: asked.traceID}
	l.queue = append(l.queue, e)
	return e, nil
}

// judge returns the refusal that a change meets, with code 0 for none. Only 2001 for an unknown chat
// and 2013 are documented for these calls; the other answers are the catalogue's closest.
func (l *Linq) judge(op Op, c *chat, handle string) (status, code int, message string) {
	if c == nil {
		return http.StatusNotFound, 2001, "Resource not found"
	}
	if us := c.us(); us != nil && !us.Active() {
		return http.StatusConflict, 2013, "This chat is unavailable"
	}
	if !c.IsGroup {
		return http.StatusConflict, 1006, "Cannot update a direct message chat"
	}
	if c.Service == "SMS" {
		return http.StatusConflict, 2017, "This operation is not supported for this chat's service"
	}
	if op == Add {
		return l.judgeAdd(c, handle)
	}
	return l.judgeRemove(c, handle)
}

func (l *Linq) judgeAdd(c *chat, handle string) (status, code int, message string) {
	if p := c.find(handle); p != nil && p.Active() {
		return http.StatusConflict, 2015, "Participant is already in this chat"
	}
	if c.count((*person).Active) < fewest {
		return http.StatusConflict, 2015, "The chat has too few participants"
	}
	return 0, 0, ""
}

func (l *Linq) judgeRemove(c *chat, handle string) (status, code int, message string) {
	p := c.find(handle)
	if p == nil || !p.Active() {
		return http.StatusNotFound, 2001, "Resource not found"
	}
	if p.IsMe {
		return http.StatusBadRequest, 1005, "Use the leave endpoint to leave a chat"
	}
	// Who is about to go counts as gone, or two removals at once would empty the group.
	staying := c.count(func(other *person) bool {
		return other.Active() && other != p && !l.queued(Remove, c, other.Handle)
	})
	if staying < fewest {
		return http.StatusConflict, 2015, "At least 3 participants must remain in the chat"
	}
	return 0, 0, ""
}

// e164 is never written to. Source of the pattern: the early OpenAPI description.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)

// isHandle reports whether Linq takes it for a handle: E.164, or an e-mail address.
func isHandle(text string) bool {
	if e164.MatchString(text) {
		return true
	}
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text
}

// handleIn returns the handle in a body, for the journal.
func handleIn(body []byte) string {
	var in participantBody
	if json.Unmarshal(body, &in) != nil || in.Handle == nil {
		return ""
	}
	return *in.Handle
}
