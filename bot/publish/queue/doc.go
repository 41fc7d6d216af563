// Package queue decides which message may be sent when. A [Scheduler] keeps a queue for each channel and one for all
// updates. A message takes a [Ticket] in its channel's queue. Either it may go, or it learns when to ask again, and
// its place is reserved until then. What Slack puts off makes the queue back off. The package knows limits and the
// time, and nothing of Slack's calls, of messages, or of the ledger. Begin reading at [Scheduler].
package queue
