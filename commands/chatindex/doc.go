// Package chatindex finds group chats by what people remember of them: part of a name, or the number of
// someone in them. It keeps the list of the account's chats, and answers from it while it is renewed. It
// does not know who searches, or why. Begin with [Index.Search].
package chatindex
