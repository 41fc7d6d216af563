// Package peoplelist reads a list of people, pasted or from a CSV or text file, line by line: what stands in a line,
// how it was understood, and what is wrong with it. It finds the column that holds phone numbers or e-mail addresses.
// It knows no chats, and decides nothing. Begin with [Read].
package peoplelist
