package richtext

// Mark is the sign in front of a status.
type Mark string

// The marks.
const (
	MarkQueued      Mark = "⏳"
	MarkDone        Mark = "✅"
	MarkNeedsPerson Mark = "⚠️"
	MarkRefused     Mark = "⛔"
)
