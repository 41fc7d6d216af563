package parse

import "linqbot/linq"

// TypedList is a chat and more people than a command carries out at once.
type TypedList struct {
	Chat   linq.ChatID
	People string // not read yet
}

// RemoveList recognises a chat id that is followed by more handles than a command takes, or by that many lines.
func RemoveList(text string) (TypedList, bool) {
	first, rest := cutWord(StripPairs(Clean(text)))
	chat, err := linq.ParseChatID(StripPairs(first))
	if err != nil || RefuseLong(text) != nil || len(Split(rest)) <= MostHandles {
		return TypedList{}, false
	}
	return TypedList{Chat: chat, People: rest}, true
}
