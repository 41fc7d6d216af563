package timeline

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/ledger"
	"linqbot/ledger/audit"
)

// signed are the request and its answer.
func signed(r Request) []Line {
	d := r.delivery
	lines := []Line{{
		at: d.At, Who: "slack", Title: "signed request: POST " + pathOf(d.URL),
		Parts: []Part{{"Sent", "POST " + d.URL}, {"Header", headers(d.Header)}, {"Body", pretty(string(d.Body))}},
	}}
	if !d.Ended {
		return lines
	}
	ack := Line{at: d.At.Add(d.Ack.Took), Who: "bot", Title: fmt.Sprintf("answers %d in %s", d.Ack.Status, short(d.Ack.Took))}
	if d.Error != "" {
		ack.Title, ack.Bad, ack.Parts = "no answer", true, []Part{{"Error", d.Error}}
	} else {
		ack.Bad = d.Ack.Status != http.StatusOK
		ack.Parts = []Part{{"Header", headers(d.Ack.Header)}, {"Body", pretty(string(d.Ack.Body))}}
	}
	return append(lines, ack)
}

// ledgerLines are the commits of what was asked for.
func ledgerLines(rows []audit.Row) []Line {
	var lines []Line
	for _, row := range rows {
		parts := []Part{about(row)}
		name := row.ShortID()
		if name == "" {
			name = string(row.Source)
		}
		if row.SentAt.IsZero() && row.EndedAt.IsZero() && row.ID == "" || row.State == ledger.Denied || row.State == ledger.Read {
			lines = append(lines, Line{at: row.AcceptedAt, Who: "ledger", Title: "records: " + string(row.State) + ", " + row.Rule, Parts: parts})
			continue
		}
		lines = append(lines, Line{at: row.AcceptedAt, Who: "ledger", Title: "commits request " + name + ": the answer may go", Parts: parts})
		if !row.EndedAt.IsZero() {
			lines = append(lines, Line{at: row.EndedAt, Who: "ledger", Title: "commits the end of " + name + ": " + string(row.State), Parts: parts})
		}
	}
	return lines
}

func about(row audit.Row) Part {
	return Part{"Request", fmt.Sprintf("id %s\nstate %s\nchat %s\nhandle %s\nrule %s\ntries %d\nreason %s\ntrace ids %s",
		row.ID, row.State, row.ChatID, row.Handle.Value(), row.Rule, row.Tries, row.Reason, strings.Join(row.TraceIDs, " "))}
}

// linqLines are the calls to Linq, and its webhooks.
func (s Source) linqLines(rows []audit.Row, from, to time.Time) []Line {
	const after = 500 * time.Millisecond // what follows an end: a name that is read again
	within := func(at time.Time) bool { return !at.Before(from) && !at.After(to.Add(after)) }
	about := func(chatID, handle string) bool {
		return slices.ContainsFunc(rows, func(row audit.Row) bool {
			return strings.EqualFold(row.ChatID, chatID) && (handle == "" || strings.EqualFold(row.Handle.Value(), handle) || strings.EqualFold(row.ListedHandle.Value(), handle))
		})
	}
	var lines []Line
	for _, call := range s.Linq.Exchanges() {
		if !within(call.At) || len(rows) > 0 && !about(call.ChatID, call.Handle) {
			continue
		}
		answer := "waiting"
		if call.Status != 0 {
			answer = fmt.Sprintf("%d in %s", call.Status, short(call.Took))
		}
		lines = append(lines, Line{
			at: call.At, Who: "linq", Title: string(call.Op) + ": " + call.Method + " → " + answer, Bad: call.Status >= http.StatusBadRequest,
			Parts: []Part{{"Sent", call.Method + " " + call.Path}, {"Body", pretty(string(call.Body))}, {"Trace id", call.TraceID}, {"Answer", pretty(string(call.Answer))}},
		})
	}
	for _, d := range s.Linq.Deliveries() {
		var hook struct {
			Type string `json:"event_type"`
			Data struct {
				ChatID string `json:"chat_id"`
				Handle string `json:"handle"`
			} `json:"data"`
		}
		_ = json.Unmarshal(d.Body, &hook) // linqtest made it
		if within(d.At) && about(hook.Data.ChatID, hook.Data.Handle) {
			lines = append(lines, Line{
				at: d.At, Who: "linq", Title: fmt.Sprintf("signed webhook: %s → %d in %s", hook.Type, d.Status, short(d.Took)), Bad: d.Status != http.StatusOK && d.Status != http.StatusNoContent,
				Parts: []Part{{"Header", headers(d.Header)}, {"Body", pretty(string(d.Body))}},
			})
		}
	}
	return lines
}

// slackLines are the calls to Slack that name the request, its thread or its modal.
func (s Source) slackLines(r Request, rows []audit.Row) []Line {
	own := []string{}
	add := func(word string) {
		if word != "" {
			own = append(own, word)
		}
	}
	top, _ := r.sent.payload.(map[string]any)
	for _, name := range []string{"trigger_id", "response_url"} {
		word, _ := top[name].(string)
		if _, path, ok := strings.Cut(word, "/response/"); ok {
			word = path
		}
		add(word)
	}
	for _, row := range rows {
		add(row.Delivery)
		add(row.ID)
		add(row.Thread.TS)
	}
	const soon = 2 * time.Second
	names := func(call slacktest.Call) bool {
		if call.At.Before(r.delivery.At) {
			return false
		}
		if len(rows) == 0 && r.sent.user != "" && call.Form.Get("user_id") == r.sent.user && call.At.Before(r.delivery.At.Add(soon)) {
			return true // such as the Home tab of who opened it
		}
		text := string(call.Body) + string(call.Answer) + formText(call.Form)
		return slices.ContainsFunc(own, func(word string) bool { return strings.Contains(text, word) })
	}
	var lines []Line
	for _, call := range s.Slack.Calls() {
		if !names(call) {
			continue
		}
		result := cmp.Or(call.Error, "ok")
		if call.Status == 0 && call.Error == "" {
			result = "waiting"
		}
		lines = append(lines, Line{
			at: call.At, Who: "slack", Title: call.Method + " → " + result + " in " + short(call.Took), Bad: call.Error != "",
			Parts: []Part{{"Call", call.Method}, {"Arguments", formText(call.Form)}, {"Answer", pretty(string(call.Answer))}},
		})
	}
	return lines
}
