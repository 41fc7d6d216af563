package slackmarkup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// parse reads Slack's mark-up (messaging/formatting-message-text).
func (r Reader) parse(text string) []Run {
	var runs []Run
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); {
		var quoted []string
		for ; i < len(lines) && isQuote(lines[i]); i++ {
			line := strings.TrimPrefix(strings.TrimPrefix(lines[i], "&gt;"), ">")
			quoted = append(quoted, strings.TrimPrefix(line, " "))
		}
		if len(quoted) > 0 {
			runs = append(runs, Run{Kind: Quote, Runs: r.inline(strings.Join(quoted, "\n"))})
			continue
		}
		from := i
		for i < len(lines) && !isQuote(lines[i]) {
			i++
			if strings.Count(strings.Join(lines[from:i], "\n"), "```")%2 == 1 {
				for i < len(lines) && !strings.Contains(lines[i], "```") { // within preformatted text, > is no quote
					i++
				}
			}
		}
		runs = append(runs, r.inline(strings.Join(lines[from:i], "\n"))...)
	}
	return runs
}

func isQuote(line string) bool {
	return strings.HasPrefix(line, "&gt;") || strings.HasPrefix(line, ">")
}

// inline reads everything but quotes.
func (r Reader) inline(text string) []Run {
	var runs []Run
	var words strings.Builder
	end := func() {
		if words.Len() > 0 {
			runs = append(runs, Run{Text: resolved(words.String())})
			words.Reset()
		}
	}
	before := ' '
	for len(text) > 0 {
		found, length := r.marked(text, before)
		if length == 0 {
			var c rune
			c, length = utf8.DecodeRuneInString(text)
			words.WriteString(text[:length])
			before = c
		} else {
			end()
			runs = append(runs, found)
			before, _ = utf8.DecodeLastRuneInString(text[:length])
		}
		text = text[length:]
	}
	end()
	return runs
}

// marked returns the run that a text begins with, and how long it is; 0 if it begins with plain words.
func (r Reader) marked(text string, before rune) (Run, int) {
	switch text[0] {
	case '\n':
		return Run{Kind: LineBreak}, 1
	case '<':
		if inside, ok := angle(text); ok {
			return r.reference(inside), len(inside) + 2
		}
	case '`':
		if inside, _, ok := strings.Cut(strings.TrimPrefix(text, "```"), "```"); ok && strings.HasPrefix(text, "```") && inside != "" {
			return Run{Kind: Preformatted, Text: resolved(strings.Trim(inside, "\n"))}, len(inside) + 6
		}
		if inside, _, ok := strings.Cut(text[1:], "`"); ok && inside != "" && !strings.Contains(inside, "\n") {
			return Run{Kind: Code, Text: resolved(inside)}, len(inside) + 2
		}
	case ':':
		if name, _, ok := strings.Cut(text[1:], ":"); ok && emojiOf(name) != "" {
			return Run{Kind: Emoji, Text: emojiOf(name)}, len(name) + 2
		}
	case '*', '_', '~':
		if end := r.closing(text); end > 0 && !isWord(before) {
			kinds := map[byte]Kind{'*': Strong, '_': Emphasis, '~': Strike}
			return Run{Kind: kinds[text[0]], Runs: r.inline(text[1:end])}, end + 1
		}
	}
	return Run{}, 0
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
func (r Reader) closing(text string) int {
	for i := 1; i < len(text) && text[i] != '\n'; {
		if text[i] == '<' || text[i] == '`' {
			if _, length := r.marked(text[i:], ' '); length > 0 {
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
