// Package outcome has the words for every state of a request, a removal or an addition: what happened,
// and what to do next. It also names the reasons for which requests end or wait, and says for how long a
// removal can be undone. It reads a request as the ledger keeps it, and asks nobody. Begin with
// [Explainer.Explain].
package outcome
