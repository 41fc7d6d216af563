// Package bottest is what tests of several packages of bot share: the people and the chat that they speak of, a clock
// that only the test moves, a log that can be read, and [Base], an in-memory Slack with a ledger beside it. It knows
// no package of bot but slacktest, so that each of them can use it from inside. Begin reading at [Base].
package bottest
