package chatindex

// ErrNotListed says that the account's chats are not known yet.
var ErrNotListed = errNotListed
