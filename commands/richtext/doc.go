// Package richtext is a sentence in parts: plain words, names, ids, members, channels, moments, buttons.
// The edge escapes and marks up each part for the place where it shows, so that nothing that people or
// Linq wrote is taken for mark-up. It knows no handles, no states and no Slack. Begin with [Say].
package richtext
