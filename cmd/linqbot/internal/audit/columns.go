package audit

import (
	"strings"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/linq/handle"
)

// entry is a row of the ledger. Beside it stands what may name people, as it will be printed.
type entry struct {
	audit.Row
	person   string
	chatName string
	because  string
}

func newEntry(row audit.Row, full bool) entry {
	e := entry{Row: row, chatName: handle.MaskText(row.ChatName), because: handle.MaskText(row.Because)}
	if text := row.Handle.Value(); text != "" {
		e.person = handle.New(text).String()
		if full {
			e.person, e.chatName, e.because = text, row.ChatName, row.Because
		}
	}
	return e
}

// column is one column of the audit in all its formats.
type column struct {
	name  string          // in CSV and JSON; machines read it, so it never changes
	value func(entry) any // a string, a number, a bool or a []string

	// For the table that people read. Without a heading the column is left out there.
	heading string
	place   int                // from the left
	shown   func(entry) string // optional; how the value is shown, if that differs
}

// columns are in the order in which CSV and JSON have them. A new column goes to the end.
func columns() []column {
	return []column{
		{name: "at", heading: "TIME", place: 1, value: func(e entry) any { return instant(e.AcceptedAt) }, shown: shortTime},
		{name: "kind", value: func(e entry) any { return string(e.Kind) }},
		{name: "state", heading: "STATE", place: 3, value: func(e entry) any { return string(e.State) }, shown: stateOf},
		{name: "user", heading: "BY", place: 4, value: func(e entry) any { return e.UserID }},
		{name: "source", value: func(e entry) any { return string(e.Source) }},
		{name: "rule", heading: "RULE", place: 5, value: func(e entry) any { return e.Rule }},
		{name: "team", value: func(e entry) any { return e.TeamID }},
		{name: "channel", heading: "CHANNEL", place: 6, value: func(e entry) any { return e.ChannelID }},
		{name: "handle", heading: "HANDLE", place: 7, value: func(e entry) any { return e.person }},
		{name: "chat", heading: "CHAT", place: 9, value: func(e entry) any { return e.ChatID }},
		{name: "chat_name", heading: "CHAT NAME", place: 8, value: func(e entry) any { return e.chatName }},
		{name: "ended_at", value: func(e entry) any { return instant(e.EndedAt) }},
		{name: "reason", heading: "WHY", place: 10, value: func(e entry) any { return e.Reason }},
		{name: "trace_ids", heading: "TRACE IDS", place: 12, value: func(e entry) any { return e.TraceIDs }},
		{name: "reply", heading: "REPLY", place: 11, value: func(e entry) any { return string(e.Thread.Route) }},
		{name: "reply_at", value: func(e entry) any { return replyAt(e.Thread) }},
		{name: "request", heading: "REQUEST", place: 2, value: func(e entry) any { return e.ID }, shown: func(e entry) string { return e.ShortID() }},
		{name: "undoes", value: func(e entry) any { return e.Undoes }},
		{name: "searched", heading: "SEARCHED", place: 13, value: func(e entry) any { return e.Searched }},
		{name: "left_out", heading: "LEFT OUT", place: 14, value: func(e entry) any { return e.LeftOut }},
		{name: "batch", value: func(e entry) any { return e.BatchID }},
		{name: "because", heading: "BECAUSE", place: 15, value: func(e entry) any { return e.because }},
	}
}

func instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}

func shortTime(e entry) string { return strings.TrimSuffix(instant(e.AcceptedAt), "Z") }

// stateOf tells an addition from a removal where its state does not.
func stateOf(e entry) string {
	switch {
	case e.Kind != ledger.Add:
	case e.Undoes != "":
		return string(e.State) + " (add back)"
	default:
		return string(e.State) + " (add)"
	}
	return string(e.State)
}

// replyAt names the message in which the outcome stands.
func replyAt(thread ledger.Thread) string {
	if thread.TS == "" {
		return ""
	}
	return thread.ChannelID + "/" + thread.TS
}
