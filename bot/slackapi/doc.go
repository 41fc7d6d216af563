// Package slackapi calls Slack. It has the clients of the Web API and of response URLs, and knows what an error
// means for the next step. Every answer is bounded in size and cleaned of secrets, and counts as a success only if
// it says so. It knows HTTP and Slack's codes, and nothing of what is said in a message, of removals, or of the
// ledger. Begin reading at [NewOver] for calls, and at [Judge] for what comes of them.
package slackapi
