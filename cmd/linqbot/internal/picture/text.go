package picture

import (
	"strings"
	"unicode/utf8"

	"linqbot/cmd/linqbot/internal/slackmarkup"
)

// piece is a part of a line in one style.
type piece struct{ text, class string }

// paragraph writes a text, in lines that fit.
func (d *drawing) paragraph(runs []slackmarkup.Run, class string) {
	w := &wrapper{drawing: d}
	w.add(runs, class)
	w.end()
}

// wrapper breaks a text into lines, at its spaces.
type wrapper struct {
	*drawing
	pieces []piece // of the line that is being filled
	length int     // of it, in characters
}

func (w *wrapper) add(runs []slackmarkup.Run, class string) {
	for _, run := range runs {
		switch run.Kind {
		case slackmarkup.LineBreak:
			if len(w.pieces) == 0 {
				w.y += gap
			}
			w.end()
		case slackmarkup.Strong:
			w.add(run.Runs, also(class, "strong"))
		case slackmarkup.Emphasis:
			w.add(run.Runs, also(class, "emphasis"))
		case slackmarkup.Strike:
			w.add(run.Runs, also(class, "strike"))
		case slackmarkup.Quote:
			w.quote(run.Runs, class)
		case slackmarkup.Preformatted:
			w.end()
			for line := range strings.SplitSeq(run.Text, "\n") {
				w.line(also(class, "code"), line)
			}
		case slackmarkup.Code:
			w.words(run.Text, also(class, "code"))
		case slackmarkup.Link, slackmarkup.Mention:
			w.words(run.Text, also(class, "link"))
		case slackmarkup.Plain, slackmarkup.Date, slackmarkup.Emoji:
			w.words(run.Text, class)
		}
	}
}

func also(class, more string) string { return strings.TrimSpace(class + " " + more) }

// quote draws a bar beside it.
func (w *wrapper) quote(runs []slackmarkup.Run, class string) {
	w.end()
	from := w.y
	w.x += gap
	w.add(runs, class)
	w.end()
	w.x -= gap
	w.rect(w.x, from, 3, w.y-from, "bar")
}

// words adds a text in one style. Its spaces stay with the word before them, and no line is broken elsewhere: a full stop
// stays with a bold word.
func (w *wrapper) words(text, class string) {
	const perCharacter = 7.8 // a little more than most take
	fits := int(float64(width-margin-w.x-w.right) / perCharacter)
	for word := range strings.SplitAfterSeq(text, " ") {
		letters := utf8.RuneCountInString(strings.TrimRight(word, " "))
		if w.mayBreak() && letters > 0 && w.length+letters > fits {
			w.end()
		}
		if w.length == 0 {
			if word = strings.TrimLeft(word, " "); word == "" {
				continue
			}
		}
		w.length += utf8.RuneCountInString(word)
		if last := len(w.pieces) - 1; last >= 0 && w.pieces[last].class == class {
			w.pieces[last].text += word
		} else {
			w.pieces = append(w.pieces, piece{word, class})
		}
	}
}

func (w *wrapper) mayBreak() bool {
	last := len(w.pieces) - 1
	return last >= 0 && strings.HasSuffix(w.pieces[last].text, " ")
}

func (w *wrapper) end() {
	if len(w.pieces) == 0 {
		return
	}
	last := &w.pieces[len(w.pieces)-1]
	last.text = strings.TrimRight(last.text, " ")
	w.write(w.pieces...)
	w.pieces, w.length = nil, 0
}
