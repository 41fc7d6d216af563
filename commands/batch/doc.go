// Package batch is how a batch is recorded, what it is to do, and what people decide about it. [Taker] records a batch
// for anybody who asks for one. [Planner] finds its items: the group chats that somebody is to leave, the people of a
// list, or whom to add back. [Buttons] is what a press on one of a batch's buttons means. The words for a batch are
// here as well: [Proposal], [Headline], [ProgressLine], [Summary] and [CSV].
//
//	Taker.Take ──▶ Planner.Plan ──▶ proposed ──▶ Buttons: yes ──▶ running ⇄ paused ──▶ finished, or stopped
//	                                   └──▶ no, or 10 minutes ──▶ declined
//
// It carries nothing out and posts nothing: the ledger makes the requests of a batch, reconcile carries them on, and
// the edge shows the batch. What is read before a batch is asked for is in offboard, peoplelist and workflowstep. Begin
// with [Planner.Plan].
package batch
