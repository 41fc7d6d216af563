package timeline

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/ledger/audit"
)

// delivered returns what the played Slack sent. What is typed into a search is left out.
func (s Source) delivered() []Request {
	var all []Request
	for i, d := range slices.Backward(s.Slack.Deliveries()) {
		if len(all) == most {
			break
		}
		sent := read(d)
		if sent.kind == "block_suggestion" {
			continue
		}
		all = append(all, Request{
			ID: strconv.Itoa(i + 1), Label: sent.label(s.Name), At: d.At.Format(time.TimeOnly), Ack: ackOf(d),
			began: d.At, delivery: d, sent: sent,
		})
	}
	return all
}

func ackOf(d slacktest.Delivery) string {
	switch {
	case !d.Ended:
		return "waiting"
	case d.Error != "":
		return "no answer"
	}
	return short(d.Ack.Took)
}

// short is a duration as people read it.
func short(d time.Duration) string {
	switch {
	case d < 50*time.Microsecond:
		return "0"
	case d < 10*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// sentBody is what can be told of a request without knowing what the bot does with it.
type sentBody struct {
	kind    string // of the interaction, or of the event; the command itself
	user    string
	about   string
	payload any             // decoded
	words   map[string]bool // every text in it, by which the ledger may name it
}

func read(d slacktest.Delivery) sentBody {
	var s sentBody
	if form, err := url.ParseQuery(string(d.Body)); err == nil && form.Has("payload") {
		_ = json.Unmarshal([]byte(form.Get("payload")), &s.payload) // the page made it
	} else if err == nil && form.Has("command") {
		fields := map[string]any{}
		for name := range form {
			fields[name] = form.Get(name)
		}
		s.payload = fields
		s.kind, s.user, s.about = form.Get("command"), form.Get("user_id"), form.Get("text")
	} else {
		_ = json.Unmarshal(d.Body, &s.payload)
	}
	if s.kind == "" {
		top, _ := s.payload.(map[string]any)
		if event, ok := top["event"].(map[string]any); ok {
			top = event
		}
		s.kind, _ = top["type"].(string)
		s.user, _ = top["user"].(string)
		if user, ok := top["user"].(map[string]any); ok {
			s.user, _ = user["id"].(string)
		}
		s.about = firstText(top, "callback_id", "actions", "function", "view")
	}
	s.words = map[string]bool{}
	gather(s.payload, s.words)
	return s
}

// firstText finds what names an interaction: a callback id or an action id, here or one level below.
func firstText(in map[string]any, names ...string) string {
	for _, name := range names {
		switch found := in[name].(type) {
		case string:
			return found
		case []any:
			if len(found) > 0 {
				if first, ok := found[0].(map[string]any); ok {
					return firstText(first, "action_id")
				}
			}
		case map[string]any:
			if text := firstText(found, "callback_id"); text != "" {
				return text
			}
		}
	}
	return ""
}

func gather(in any, words map[string]bool) {
	switch in := in.(type) {
	case string:
		const shortest = 8
		if len(in) >= shortest {
			words[in] = true
		}
	case []any:
		for _, each := range in {
			gather(each, words)
		}
	case map[string]any:
		for name, each := range in {
			gather(each, words)
			if id, ok := each.(string); ok && name == "id" {
				words["view-"+id] = true // how the bot names what a modal asks for
			}
		}
	}
}

func (s sentBody) label(name func(string) string) string {
	label := strings.TrimSpace(s.kind + " " + s.about)
	if s.user != "" {
		label = name(s.user) + ": " + label
	}
	return shortened(label)
}

func shortened(label string) string {
	const longest = 60
	if runes := []rune(label); len(runes) > longest {
		label = string(runes[:longest]) + "…"
	}
	return label
}

// rows returns what the ledger has of a request. The ledger names a delivery by a text that the request holds.
func (s Source) rows(r Request) []audit.Row {
	const slack = 20 * time.Minute // an answer to a question belongs to what was asked before
	return s.audited(audit.Filter{Since: r.began.Add(-slack)}, func(row audit.Row) bool {
		return r.sent.words[row.Delivery] || row.Undoes != "" && r.sent.words[row.Undoes] || row.BatchID != "" && r.sent.words[row.BatchID]
	})
}

// audited returns what the ledger has, as far as it can be read now.
func (s Source) audited(f audit.Filter, wanted func(audit.Row) bool) []audit.Row {
	if s.Ledger == nil {
		return nil
	}
	ctx, cancel := s.context()
	defer cancel()
	var rows []audit.Row
	for row, err := range audit.Rows(ctx, s.Ledger, f) {
		if err != nil {
			return rows
		}
		if wanted(row) {
			rows = append(rows, row)
		}
	}
	return rows
}
