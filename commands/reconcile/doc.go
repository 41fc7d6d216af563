// Package reconcile carries a request from accepted to its end. Each step may run twice, or be cut off
// anywhere: what it has learned is in the ledger before it acts on it.
//
//	accepted ──Try──▶ the contrary under way? ──yes──▶ refused
//	    ▲                   │ no
//	    │                   ▼
//	    │             read the chat ──▶ certain already? ──yes──▶ already_gone, already_there, refused
//	    │                                    │ no
//	    │                                    ▼
//	    │                       one of our own lines? ──yes──▶ refused
//	    │                                    │ no
//	    │                                    ▼
//	    │                       store the intent, ask Linq ──no──▶ refused
//	    │                          │                │
//	    └── no answer, try again ──┘                │ queued
//	        (15 minutes, then failed)               ▼
//	                       sent ──Confirm──▶ read the chat until it shows the change
//	                         │                      │
//	                         └── WebhookHandler ────┴──▶ removed, added; unconfirmed after 10 minutes
//
// The ledger runs [Steps.Try] and [Steps.Confirm] as jobs, again after the wait that they return. The
// circuit breaker of all of them is in linq/breaker. The package knows nothing of Slack, and says nothing
// to people: it stores reasons, for which package outcome has words. Begin with [Steps.Try].
package reconcile
