package handle

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Phone numbers are found with a wide net: seven digits or more, of whatever kind and however they
// are grouped. What stands between two digits joins them, parts them, or ends a number:
//
//   - What numbers are grouped with joins them: spaces, dots, hyphens, brackets, and all that is
//     invisible.
//   - Letters, fractions, and what is masked already end a number.
//   - Anything else parts a list of numbers. But runs of a list that are too short for numbers of
//     their own are taken together, and what stays readable beside a number must not complete it.
type between int

const (
	joins between = iota
	parts
	ends
)

const (
	leastDigits   = 7
	longestJoined = 13 // digits of a number of which a single comma cuts off a part: 1,2025550143
	wholeNumber   = 10 // digits of a number that needs nothing after the comma
)

const opening, closing = "([（", ")]）"

// maskedAlready is never written to.
var maskedAlready = regexp.MustCompile(`(?:\+\d{1,3} ` + masked + ` )?` + masked + ` \p{Nd}{4}|•{3,}`)

func maskNumbers(s string) string {
	var out strings.Builder
	done := 0
	for _, at := range maskedAlready.FindAllStringIndex(s, -1) {
		end := at[1]
		if goesOn(s[end:]) { // into more digits than a masked number shows
			end = at[0] + strings.LastIndex(s[at[0]:end], "•") + len("•")
		}
		maskPieces(&out, s[done:at[0]])
		out.WriteString(s[at[0]:end])
		done = end
	}
	maskPieces(&out, s[done:])
	return out.String()
}

func goesOn(text string) bool {
	for _, r := range text {
		if digitsOf(r) != "" {
			return true
		}
		if effectOf(r) != joins {
			return false
		}
	}
	return false
}

// joining signs may be written wide or small too.
const joining = "\t ./~()[]:_*-·−ー"

// effectOf says what r, which is not a digit, does between two digits.
func effectOf(r rune) between {
	switch {
	case r < utf8.RuneSelf && unicode.IsLetter(r):
		return ends
	case strings.ContainsRune(joining, r), unicode.In(r, unicode.Zs, unicode.Cf, unicode.Pd, unicode.M, unicode.Other_Default_Ignorable_Code_Point):
		return joins
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return ends
	case r < utf8.RuneSelf:
		return parts
	}
	if simple, _ := utf8.DecodeRuneInString(norm.NFKC.String(string(r))); strings.ContainsRune(joining, simple) {
		return joins
	}
	return parts
}

// run is a part of a text whose digits are joined.
type run struct {
	start, end int
	shown      []rune // the digits as they are written
	plain      []byte // the same as 0 to 9
	plus       bool
	joined     bool // of several

	after between // what comes before the next run: parts or ends
	near  bool    // and it is a single character
}

func (p *run) long() bool { return len(p.plain) >= leastDigits }

func (p *run) join(next run) {
	p.shown, p.plain = append(p.shown, next.shown...), append(p.plain, next.plain...)
	p.end, p.after, p.near, p.joined = next.end, next.after, next.near, true
}

// findRuns goes through the text once.
func findRuns(s string) (all []run) {
	end, gap, width := 0, ends, 0
	for i, r := range s {
		digits := digitsOf(r)
		if digits == "" {
			if unicode.IsMark(r) && len(all) > 0 && end == i { // a keycap is drawn around its digit
				end += utf8.RuneLen(r)
				all[len(all)-1].end = end
				continue
			}
			gap = max(gap, effectOf(r))
			width++
			continue
		}
		if gap != joins {
			if len(all) > 0 {
				all[len(all)-1].after, all[len(all)-1].near = gap, width == 1
			}
			all = append(all, startRun(s, end, i))
		}
		p := &all[len(all)-1]
		p.plain = append(p.plain, digits...)
		if unicode.IsDigit(r) {
			digits = string(r)
		}
		p.shown = append(p.shown, []rune(digits)...)
		end, gap, width = i+utf8.RuneLen(r), joins, 0
		p.end = end
	}
	if len(all) > 0 {
		all[len(all)-1].after = ends
	}
	return all
}

// startRun includes a plus, and a bracket on either side of it, before the digit at i, but nothing
// before from.
func startRun(s string, from, i int) run {
	start := i
	take := func(signs string) bool {
		r, size := utf8.DecodeLastRuneInString(s[from:start])
		if size == 0 || !strings.ContainsRune(signs, r) {
			return false
		}
		start -= size
		return true
	}
	take(opening)
	plus := take("+＋﹢")
	take(opening)
	return run{start: start, plus: plus}
}

// maskPieces writes s with its numbers masked.
func maskPieces(out *strings.Builder, s string) {
	runs := joinShort(joinNear(findRuns(s)))
	masks := make([]string, len(runs))
	for i := range runs {
		if runs[i].long() {
			masks[i] = runs[i].mask(s)
		}
	}
	done := 0
	for i, p := range runs {
		with := masks[i]
		if with == "" {
			readable := len(p.plain)
			if i > 0 && runs[i-1].after == parts {
				_, tail, _ := strings.Cut(masks[i-1], masked+" ")
				readable += countDigits(tail)
			}
			if i+1 < len(runs) && p.after == parts {
				head, _, _ := strings.Cut(masks[i+1], masked)
				readable += countDigits(head)
			}
			if readable < leastDigits {
				continue
			}
			with = masked
		}
		out.WriteString(s[done:p.start])
		out.WriteString(with)
		done = p.end
	}
	out.WriteString(s[done:])
}

func countDigits(text string) (count int) {
	for _, r := range text {
		count += len(digitsOf(r))
	}
	return count
}

// joinNear joins what a single character parts, unless each is a number of its own, or one is a whole
// number to which the other cannot belong.
func joinNear(runs []run) (joined []run) {
	for _, next := range runs {
		if len(joined) > 0 {
			last := &joined[len(joined)-1]
			whole := last.long() && last.plus && !last.joined || !last.plus && len(last.plain) >= wholeNumber
			if last.after == parts && last.near && !whole && (!last.long() || !next.long()) && len(last.plain)+len(next.plain) <= longestJoined {
				last.join(next)
				continue
			}
		}
		joined = append(joined, next)
	}
	return joined
}

// joinShort joins neighbours that are both too short.
func joinShort(runs []run) (joined []run) {
	short := false // whether the last is a run, or runs, too short
	for _, next := range runs {
		if len(joined) > 0 {
			if last := &joined[len(joined)-1]; short && !next.long() && last.after == parts {
				last.join(next)
				continue
			}
		}
		joined = append(joined, next)
		short = !next.long()
	}
	return joined
}

// mask returns what p is replaced by.
func (p *run) mask(s string) string {
	text, before := s[p.start:p.end], ""
	if first, size := utf8.DecodeRuneInString(text); strings.ContainsRune(opening, first) && !strings.ContainsAny(text, closing) {
		before = text[:size] // it belongs to the text around the number
	}
	if p.plus {
		return before + New("+"+string(p.plain)).String()
	}
	return before + masked + " " + string(p.shown[len(p.shown)-shownDigits:])
}
