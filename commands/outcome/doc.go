// Package outcome has the words for every state of a request, a removal or an addition: what happened,
// and what to do next. Two tables hold them: states.go by state, and reasontable.go, with codetable.go for
// Linq's error codes, by the reason for which a request ended or waits. The package also names the reasons,
// and says for how long a removal can be undone. It reads a request as the ledger keeps it, and asks
// nobody. Begin with [Explainer.Explain].
package outcome
