// Package publish makes Slack look like the ledger. It is the only code that posts outcomes, and may be run for a delivery
// at any time, any number of times:
//
//	ledger.View ── of one delivery
//	    │
//	    ▼
//	Publisher.Run ── News ──▶ Homes
//	    │
//	    │   routes, each tried until the bot may not post there
//	    ▼
//	inThread ──▶ byResponseURL ──▶ byDirect ──▶ undelivered
//	    │              │               │
//	    ▼              │               ▼
//	poster.project ────┼───────▶ queue.Scheduler: go, or ask again
//	    │              │
//	    ▼              ▼
//	Slack's answer, judged by slackapi
//	    │
//	    ▼
//	SaveThread, SaveReply ── what stands where; then the followers are told
//
// [Publisher.RunBatch] goes the same ways for a batch: its proposal to one person alone, its parent with the progress,
// and below that, once it has ended, a report and the file of all.
//
// It knows routes, the order of messages in a thread, and what a lost answer means. The words are those of
// commands/outcome, the blocks those of blockkit, and who may post when is decided in queue. Begin reading at
// [Publisher.Run].
package publish
