package parse

import "linqbot/linq"

// TypedList is a chat and more people than a command carries out at once.
type TypedList struct {
	Chat   linq.ChatID
	People string // not read yet
	Tail
}

// RemoveList recognises a chat id that is followed by more handles than a command takes, or by that many lines.
func RemoveList(text string) (TypedList, bool) {
	if RefuseLong(text) != nil {
		return TypedList{}, false
	}
	text, tail, refused := cutTail(StripPairs(Clean(text)))
	if refused != nil { // as [Remove] says
		return TypedList{}, false
	}
	first, rest := cutWord(text)
	chat, err := linq.ParseChatID(StripPairs(first))
	if err != nil || len(Split(rest)) <= MostHandles {
		return TypedList{}, false
	}
	return TypedList{Chat: chat, People: rest, Tail: tail}, true
}
