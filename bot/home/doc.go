// Package home publishes the app's Home tab: for somebody who opens it or presses something in it, and, while they
// probably look, when one of their requests changes. It knows who looked not long ago, in memory only, and what Slack has
// put off. What a home shows is built in blockkit, and whether a removal may be taken back is decided in commands. Begin
// reading at [Home].
package home
