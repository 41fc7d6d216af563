// Package breaker keeps a process from hammering Linq. A circuit breaker opens when Linq struggles or asks
// for a wait, and half-opens for one probe when the wait is over; three bulkheads bound how many calls of a
// kind are under way. Everywhere batches wait behind people. It knows what an answer says of how Linq fares
// ([linq.Error]), and nothing of requests but a name and whether they belong to a batch: when only one meets
// trouble, the circuit opens for that one alone. Begin with [Breaker.Acquire].
//
//	         trouble in a row, or Linq asks for a wait
//	closed ─────────────────────────────────────────────▶ open
//	   ▲                                                  │ the wait is over
//	   │ the probe succeeds                               ▼
//	   └────────────────────────────────────────────── half-open ──▶ open, for twice as long,
//	                                                                  when the probe fails
package breaker
