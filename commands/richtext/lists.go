package richtext

// OneOf lists ids: "a", "a or b", "a, b or c".
func OneOf(ids []string, show func(id string) Span) Text {
	var parts Text
	for _, id := range ids {
		parts = append(parts, show(id))
	}
	return list(parts, " or ")
}

// AllOf lists parts: "a", "a and b", "a, b and c".
func AllOf(parts Text) Text { return list(parts, " and ") }

// AllOfWords is [AllOf] of plain words.
func AllOfWords(words []string) Text {
	parts := make(Text, len(words))
	for i, word := range words {
		parts[i] = Span{Kind: Words, Value: word}
	}
	return AllOf(parts)
}

func list(parts Text, last string) Text {
	var all Text
	for i, part := range parts {
		switch {
		case i == 0:
		case i == len(parts)-1:
			all = append(all, Span{Kind: Words, Value: last})
		default:
			all = append(all, Span{Kind: Words, Value: ", "})
		}
		all = append(all, part)
	}
	return all
}
