package linqtest

import "net/http"

// shownWebhookEvents is the documented shape.
type shownWebhookEvents struct {
	Events []string `json:"events"`
	DocURL string   `json:"doc_url"`
}

// listWebhookEvents answers with the names that Linq's Go SDK knows. Linq adds to them, so a
// subscription may name others.
func listWebhookEvents() reply {
	return ok(http.StatusOK, shownWebhookEvents{
		Events: []string{
			"message.sent", "message.received", "message.read", "message.delivered", "message.failed", "message.edited",
			"reaction.added", "reaction.removed", ParticipantAdded, ParticipantRemoved,
			"chat.created", "chat.group_name_updated", "chat.group_icon_updated", "chat.group_name_update_failed",
			"chat.group_icon_update_failed", "chat.typing_indicator.started", "chat.typing_indicator.stopped",
			"phone_number.status_updated", "call.initiated", "call.ringing", "call.answered", "call.ended", "call.failed",
			"call.declined", "call.no_answer",
		},
		DocURL: "https://docs.linqapp.com/guides/webhooks/events",
	})
}
