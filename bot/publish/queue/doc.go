// Package queue decides which message may be sent when. A [Scheduler] keeps a queue for each channel and one for the
// updates of all; a message takes a [Ticket] in its channel's queue, and either goes, or is told after how long to ask
// again, with its place reserved until then. What Slack puts off makes the queue back off. The package knows limits and
// the time, and nothing of Slack's calls, of messages, or of the ledger. Begin reading at [Scheduler].
package queue
