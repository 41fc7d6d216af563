// Package commands is what people can ask linqbot for by a command or by a press, one file for each: remove, add, pick
// (from a form), chats, question (the one asked before a removal), undo, switch and help. A command asks the gate in
// policy who may come in, has parse read what was typed, records orders in the ledger, and answers. What /linq-remove
// and /linq-add have in common is in typed, acknowledge, dryrun and byname. Offboarding, lists of people and the steps
// of workflows are packages of their own below it.
//
// It knows no HTTP and nothing of Slack's types: the edge hands in an [invocation.Invocation] or a [Click], and shows
// the [richtext.Answer]. It does not carry anything out: reconcile does that, once an order is recorded.
// Begin with [Remove.Run].
package commands
