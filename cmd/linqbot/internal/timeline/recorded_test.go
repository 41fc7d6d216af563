package timeline

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/audit"
)

func noon() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) }

func row(id string, state ledger.State, after time.Duration) audit.Row {
	r := ledger.Request{ID: id, State: state, AcceptedAt: noon().Add(after)}
	r.UserID, r.Source, r.Delivery = "U0ANN", ledger.SlashCommand, "d1"
	return audit.Row{Request: r}
}

func TestHowARecordedRequestIsNamed(t *testing.T) {
	t.Parallel()
	one, two := row("01a21b98-b51a-7eeb-8c30-c8d2ac3fcdc7", ledger.Removed, 0), row("01a21b98-b51a-7eeb-8c30-c8d2ac3fcdc8", ledger.Accepted, 0)
	assert.Equal(t, labelOf([]audit.Row{one}), "U0ANN: command ac3fcdc7")
	assert.Equal(t, labelOf([]audit.Row{one, two}), "U0ANN: command ac3fcdc7 and 1 more")
	assert.Equal(t, outcomeOf([]audit.Row{one}), "removed")
	assert.Equal(t, outcomeOf([]audit.Row{one, two}), "1 of 2 ended")
	assert.Equal(t, nameOf(one), nameOf(two))
	item := two
	item.BatchID = "b1"
	assert.Equal(t, nameOf(item), "b1")
	denied := row("", ledger.Denied, 0)
	assert.Equal(t, labelOf([]audit.Row{denied}), "U0ANN: command")
	assert.Assert(t, nameOf(denied) != nameOf(row("", ledger.Denied, time.Second)), "two denials are one request")
}

// Of what linqbot logged, only answers to Slack within which something was recorded belong to it.
func TestAnswersInTheLog(t *testing.T) {
	t.Parallel()
	const log = `{"time":"2026-03-14T12:00:00.002Z","msg":"request served","route":"/slack/commands","status":200,"took_ms":3}
{"time":"2026-03-14T12:00:00.002Z","msg":"request served","route":"/linq/webhooks","status":200,"took_ms":3}
{"time":"2026-03-14T12:00:00.009Z","msg":"request served","route":"/slack/commands","status":200,"took_ms":3}
{"time":"2026-03-14T11:59:59.999Z","msg":"request served","route":"/slack/events","status":200,"took_ms":3}
{"time":"2026-03-14T12:00:00.001Z","msg":"command answered"}
no JSON
`
	lines := Source{Log: func() string { return log }}.logged([]audit.Row{row("01a21b98-b51a-7eeb-8c30-c8d2ac3fcdc7", ledger.Removed, 0)})
	assert.Equal(t, len(lines), 1)
	assert.Equal(t, lines[0].Title, "answers /slack/commands with 200 in 3ms, by its log")
	assert.Assert(t, !lines[0].Bad)
}
