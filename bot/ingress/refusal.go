// Package ingress checks what must hold before a request means anything. It bounds connections and bodies, verifies
// Slack's signature, and recognises bytes that were answered before. It knows neither routes nor what a request asks
// for, and writes no log. Begin with [NewServer] and [ReadSignature].
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
