package slackhtml

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a part of a text in Slack's mark-up is.
type kind int

const (
	plain     kind = iota
	lineBreak      // without a text
	strong
	emphasis
	strike
	code
	preformatted
	quote
	reference // the inside of <…>
	emoji     // a short code that is known, as its character
)

// part is a piece of a text. Either its text or its parts are set.
type part struct {
	kind  kind
	text  string // with Slack's entities resolved, but for a reference
	parts []part
}

// parse reads Slack's mark-up (messaging/formatting-message-text).
func parse(text string) []part {
	var parts []part
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); {
		var quoted []string
		for ; i < len(lines) && isQuote(lines[i]); i++ {
			line := strings.TrimPrefix(strings.TrimPrefix(lines[i], "&gt;"), ">")
			quoted = append(quoted, strings.TrimPrefix(line, " "))
		}
		if len(quoted) > 0 {
			parts = append(parts, part{kind: quote, parts: inline(strings.Join(quoted, "\n"))})
			continue
		}
		from := i
		for i < len(lines) && !isQuote(lines[i]) {
			i++
			if strings.Count(strings.Join(lines[from:i], "\n"), "```")%2 == 1 {
				for i < len(lines) && !strings.Contains(lines[i], "```") { // a quote within preformatted text is none
					i++
				}
			}
		}
		parts = append(parts, inline(strings.Join(lines[from:i], "\n"))...)
	}
	return parts
}

func isQuote(line string) bool {
	return strings.HasPrefix(line, "&gt;") || strings.HasPrefix(line, ">")
}

// inline reads everything but quotes.
func inline(text string) []part {
	var parts []part
	var words strings.Builder
	end := func() {
		if words.Len() > 0 {
			parts = append(parts, part{text: resolved(words.String())})
			words.Reset()
		}
	}
	before := ' '
	for len(text) > 0 {
		found, length := marked(text, before)
		if length == 0 {
			var c rune
			c, length = utf8.DecodeRuneInString(text)
			words.WriteString(text[:length])
			before = c
		} else {
			end()
			parts = append(parts, found)
			before, _ = utf8.DecodeLastRuneInString(text[:length])
		}
		text = text[length:]
	}
	end()
	return parts
}

// marked returns the part that a text begins with, and how long it is; 0 if it begins with plain words.
func marked(text string, before rune) (part, int) {
	switch text[0] {
	case '\n':
		return part{kind: lineBreak}, 1
	case '<':
		if inside, ok := angle(text); ok {
			return part{kind: reference, text: inside}, len(inside) + 2
		}
	case '`':
		if inside, _, ok := strings.Cut(strings.TrimPrefix(text, "```"), "```"); ok && strings.HasPrefix(text, "```") && inside != "" {
			return part{kind: preformatted, text: resolved(strings.Trim(inside, "\n"))}, len(inside) + 6
		}
		if inside, _, ok := strings.Cut(text[1:], "`"); ok && inside != "" && !strings.Contains(inside, "\n") {
			return part{kind: code, text: resolved(inside)}, len(inside) + 2
		}
	case ':':
		if name, _, ok := strings.Cut(text[1:], ":"); ok && emojiOf(name) != "" {
			return part{kind: emoji, text: emojiOf(name)}, len(name) + 2
		}
	case '*', '_', '~':
		if end := closing(text); end > 0 && !isWord(before) {
			kinds := map[byte]kind{'*': strong, '_': emphasis, '~': strike}
			return part{kind: kinds[text[0]], parts: inline(text[1:end])}, end + 1
		}
	}
	return part{}, 0
}

// angle returns the inside of the <…> that a text begins with.
func angle(text string) (string, bool) {
	end := strings.IndexAny(text[1:], "<>\n")
	if end < 1 || text[1+end] != '>' || text[1] == ' ' {
		return "", false
	}
	return text[1 : 1+end], true
}

// closing finds the mark that ends what the first one begins, or returns 0. Marks in references and in code end
// nothing.
func closing(text string) int {
	for i := 1; i < len(text) && text[i] != '\n'; {
		if text[i] == '<' || text[i] == '`' {
			if _, length := marked(text[i:], ' '); length > 0 {
				i += length
				continue
			}
		}
		if text[i] != text[0] {
			i++
			continue
		}
		first, _ := utf8.DecodeRuneInString(text[1:])
		last, _ := utf8.DecodeLastRuneInString(text[:i])
		next, _ := utf8.DecodeRuneInString(text[i+1:])
		if i == 1 || unicode.IsSpace(first) || unicode.IsSpace(last) || isWord(next) {
			return 0
		}
		return i
	}
	return 0
}

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// resolved turns the only three entities that Slack knows into what they stand for.
func resolved(text string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}
