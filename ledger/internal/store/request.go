package store

// NewRequest is a request as it is inserted.
type NewRequest struct {
	ID, Delivery, Kind, Source       string
	TeamID, ChannelID, UserID, Rule  string
	ResponseURL                      string
	ChatID, Handle, HandleKey        string
	ThreadTS, Undoes, BatchID, State string
	AcceptedAt, ExpiresAt, EndedAt   int64
	HandedOver                       bool
	ShowBy                           int64
	Because, Reason, ChatName        string
	People                           int64
}

// RequestColumns are the columns of a new request, in the order of [NewRequest.Values].
const RequestColumns = `id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url,
	chat_id, handle, handle_key, thread_ts, undoes, batch_id, state, accepted_at, expires_at, handed_over, show_by,
	because, reason, chat_name, people, ended_at`

// Values returns what the columns hold: texts, int64 and bool.
func (r NewRequest) Values() []any {
	return []any{
		r.ID, r.Delivery, r.Kind, r.Source, r.TeamID, r.ChannelID, r.UserID, r.Rule, r.ResponseURL,
		r.ChatID, r.Handle, r.HandleKey, r.ThreadTS, r.Undoes, r.BatchID, r.State, r.AcceptedAt, r.ExpiresAt, r.HandedOver, r.ShowBy,
		r.Because, r.Reason, r.ChatName, r.People, r.EndedAt,
	}
}

// HeldByBatch chooses the requests of which nothing is sent for now: those of a batch that is paused, and those of one
// that was stopped before anything of them can have had an effect.
const HeldByBatch = `batch_id <> '' AND EXISTS (SELECT 1 FROM batches b WHERE b.id = requests.batch_id
			AND (b.state = 'paused' OR b.state = 'stopped' AND NOT requests.may_have_reached))`

// UnderWay chooses the requests whose state is not final. It is the condition of the index requests_under_way, which
// is used only where a query repeats it.
const UnderWay = `state IN ('asked', 'accepted', 'sent')`
