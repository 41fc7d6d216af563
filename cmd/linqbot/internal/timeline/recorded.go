package timeline

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/audit"
)

// recorded returns the requests that the ledger has, for a real Slack. All that came by one delivery, or belongs to one
// batch, is one request.
func (s Source) recorded() []Request {
	var all []Request
	byName := map[string]int{}
	for _, row := range s.audited(audit.Filter{}, func(audit.Row) bool { return true }) {
		name := nameOf(row)
		i, known := byName[name]
		if !known {
			i = len(all)
			byName[name] = i
			all = append(all, Request{ID: cmp.Or(row.ID, name), began: row.AcceptedAt, At: row.AcceptedAt.Local().Format(time.TimeOnly)})
		}
		all[i].rows = append(all[i].rows, row)
	}
	slices.Reverse(all)
	all = all[:min(len(all), most)]
	for i := range all {
		all[i].Label, all[i].Ack = labelOf(all[i].rows), outcomeOf(all[i].rows)
	}
	return all
}

func nameOf(row audit.Row) string {
	switch {
	case row.BatchID != "":
		return row.BatchID
	case row.Delivery != "" && row.ID != "":
		return row.Delivery
	}
	return "at" + strconv.FormatInt(row.AcceptedAt.UnixMicro(), 10)
}

func labelOf(rows []audit.Row) string {
	row := rows[0]
	label := strings.TrimSpace(row.UserID + ": " + string(row.Source))
	if row.ID != "" {
		label += " " + row.ShortID()
	}
	if len(rows) > 1 {
		label += fmt.Sprintf(" and %d more", len(rows)-1)
	}
	return shortened(label)
}

// outcomeOf is the state that all rows have, or how many have ended.
func outcomeOf(rows []audit.Row) string {
	ended := 0
	for _, row := range rows {
		if row.State.Final() || row.ID == "" {
			ended++
		}
	}
	if !slices.ContainsFunc(rows, func(row audit.Row) bool { return row.State != rows[0].State }) {
		return string(rows[0].State)
	}
	return fmt.Sprintf("%d of %d ended", ended, len(rows))
}

// historyLines are all steps that the ledger has of requests.
func (s Source) historyLines(rows []audit.Row) []Line {
	const mostSteps, mostRows = 100, 50
	var lines []Line
	ctx, cancel := s.context()
	defer cancel()
	for i, row := range rows {
		var steps []ledger.Event
		if row.ID != "" && i < mostRows {
			steps, _ = s.Ledger.History(ctx, row.ID, mostSteps) // none while the ledger does not answer
		}
		if len(steps) == 0 {
			lines = append(lines, ledgerLines([]audit.Row{row})...)
			continue
		}
		for _, step := range steps {
			parts := []Part{about(row)}
			if step.TraceID != "" {
				parts = append(parts, Part{"Trace id", step.TraceID})
			}
			lines = append(lines, Line{
				at: step.At, Who: "ledger", Title: fmt.Sprintf("commits %s: %s, %s", row.ShortID(), step.State, step.Cause), Parts: parts,
			})
		}
	}
	return lines
}

// shownLines are the messages that the ledger knows to be posted. A message's ts is when Slack took it.
func shownLines(rows []audit.Row) []Line {
	var lines []Line
	seen := map[string]bool{}
	for _, row := range rows {
		t := row.Thread
		seconds, err := strconv.ParseFloat(t.TS, 64)
		if t.TS == "" || err != nil || seen[t.TS] {
			continue
		}
		seen[t.TS] = true
		lines = append(lines, Line{
			at: time.UnixMicro(int64(seconds * 1e6)), Who: "slack", Title: "took the first message: " + string(t.Route), Bad: t.Trouble != "",
			Parts: []Part{{"Where", fmt.Sprintf("channel %s\nts %s", t.ChannelID, t.TS)}, {"Trouble", t.Trouble}},
		})
	}
	return lines
}

// logged are the answers to Slack as linqbot's log has them: those to what came in before a request was recorded, and was
// answered after it. Where Slack sent several at once, all of them are there.
func (s Source) logged(rows []audit.Row) []Line {
	var lines []Line
	for text := range strings.Lines(s.Log()) {
		var e struct {
			Time   time.Time
			Route  string
			Status int
			Took   *float64 `json:"took_ms"`
		}
		if json.Unmarshal([]byte(text), &e) != nil || e.Took == nil || !strings.HasPrefix(e.Route, "/slack/") {
			continue
		}
		took := time.Duration(*e.Took * float64(time.Millisecond))
		if slices.ContainsFunc(rows, func(row audit.Row) bool {
			return row.AcceptedAt.Before(e.Time) && row.AcceptedAt.After(e.Time.Add(-took))
		}) {
			lines = append(lines, Line{
				at: e.Time, Who: "bot", Title: fmt.Sprintf("answers %s with %d in %s, by its log", e.Route, e.Status, short(took)),
				Bad: e.Status != http.StatusOK, Parts: []Part{{"Logged", pretty(text)}},
			})
		}
	}
	return lines
}
