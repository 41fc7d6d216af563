// Package peoplelist is lists of people who are to leave one chat: typed, pasted, or from a CSV or text file. [Lists]
// reads them line by line: what a line says, how it was understood, and what is wrong with it. It finds the column that
// holds phone numbers or e-mail addresses. Then it takes a list: it asks the gate in policy who may come in, and
// records a batch in the ledger. It looks into no chat: who of the list is there is found by batch, which also asks the
// person. Begin with [Lists.Submit], and for the reading with [Lists.Read].
package peoplelist
