// Package peoplelist is lists of people who are to leave one chat: typed, pasted, or from a CSV or text file. [Read]
// reads a list line by line: what stands in a line, how it was understood, and what is wrong with it; it finds the column
// that holds phone numbers or e-mail addresses. [Lists] takes what was read, asks the gate in policy who may come in, and
// records a batch in the ledger. It looks into no chat: who of the list is there is found by batch, which also asks the
// person. Begin with [Lists.Submit], or with [Read].
package peoplelist
