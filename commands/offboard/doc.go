// Package offboard is how people ask linqbot to take somebody out of every group chat: the command /linq-offboard, and
// the form for it. It asks the gate in policy who may come in, has parse read what was written, and records a batch in
// the ledger. It knows no chats: what there is to do is found by batch, which also asks the person; a workflow's step
// for the same is in workflowstep. Begin with [Command.Run].
package offboard
