// Package ingress is what has to hold before a request means anything: how many connections there may be, how
// large a body, whether Slack has signed it, and whether the same bytes were answered before. It knows neither
// routes nor what a request asks for, and writes no log. Begin with [NewServer] and [ReadSignature].
package ingress

// Refusal is why a request was turned away at the door, before it could mean anything.
type Refusal string

// The refusals, as they are counted.
const (
	Unsigned           Refusal = "unsigned"             // no valid signature
	BodyTooLarge       Refusal = "body_too_large"       // more than 1 MiB
	OverBodyBudget     Refusal = "over_body_budget"     // see [BodyBudget]
	tooManyConnections Refusal = "too_many_connections" // see [NewServer]
	Replayed           Refusal = "replayed"             // see [Replays]
	WrongShape         Refusal = "wrong_shape"          // signed, but not what Slack sends to this route
)

// Refusals returns all of them.
func Refusals() []Refusal {
	return []Refusal{Unsigned, BodyTooLarge, OverBodyBudget, tooManyConnections, Replayed, WrongShape}
}
