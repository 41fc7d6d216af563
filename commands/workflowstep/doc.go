// Package workflowstep is what a run of a workflow step means: [OneChat] is the steps "Remove a Linq participant" and
// "Add a Linq participant", and [Offboard] is "Remove from every Linq chat". Order turns the inputs of a run into an
// order for the ledger, or into the sentence for which it is refused; Outcome says how a run ends, and with what. Nobody
// is there to be asked, and Slack does not vouch for who a run says has asked for it. The package knows nothing of how a
// run is completed in Slack: the edge's runner does that. Begin with [OneChat.Order].
package workflowstep
