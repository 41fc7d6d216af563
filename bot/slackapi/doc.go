// Package slackapi calls Slack: the clients of its Web API and of response URLs, what holds for every answer (a bound on
// its size, no secrets, no success that does not say so), and what an error means for the next step. It knows HTTP and
// Slack's codes, and nothing of what is said in a message, of removals, or of the ledger. Begin reading at [NewOver] for
// calls, and at [Judge] for what comes of them.
package slackapi
