// Package batch is what a batch is to do, and what people decide about it. [Planner] finds the items of a batch:
// the group chats that somebody is to leave, the people of a list, or whom to add back. [Buttons] is what a press on
// one of a batch's buttons means. The words for a batch are here as well: [Proposal], [Headline], [ProgressLine],
// [Summary] and [CSV].
//
//	asked for ──▶ Planner.Plan ──▶ proposed ──▶ Buttons: yes ──▶ running ⇄ paused ──▶ finished, or stopped
//	                                  └──▶ no, or 10 minutes ──▶ declined
//
// It carries nothing out and posts nothing: the ledger makes the requests of a batch, reconcile carries them on, and
// the edge shows the batch. Begin with [Planner.Plan].
package batch
