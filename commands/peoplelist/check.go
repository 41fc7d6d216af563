package peoplelist

import (
	"fmt"

	"linqbot/commands/richtext"
)

// check says what is wrong with a list, line by line; nothing for one that can be used.
func (l List) check() richtext.Answer {
	switch {
	case l.Wrong > 0:
		return l.wrongLines()
	case len(l.People) == 0:
		return richtext.Answer{richtext.Say("%s Nobody is named in this list. Put a phone number or an e-mail address into each line.", string(richtext.MarkRefused))}
	case len(l.People) > mostPeople:
		return richtext.Answer{richtext.Say("%s That is %s people, and a list takes at most %s. Nothing was recorded. Split the list.",
			string(richtext.MarkRefused), fmt.Sprint(len(l.People)), fmt.Sprint(mostPeople))}
	}
	return nil
}

func (l List) wrongLines() richtext.Answer {
	const most = 20
	lines := "1 line was"
	if l.Wrong > 1 {
		lines = fmt.Sprintf("%d lines were", l.Wrong)
	}
	understood := "1 person was understood"
	if len(l.People) != 1 {
		understood = fmt.Sprintf("%d people were understood", len(l.People))
	}
	var where richtext.Text
	if l.Column != "" {
		where = richtext.Say(" in the column %s", richtext.Quoted(l.Column))
	}
	answer := richtext.Answer{richtext.Say("%s %s%s, and %s not. Nothing was recorded. Mend the list, and try again.", string(richtext.MarkRefused), understood, where, lines)}
	shown := 0
	for _, line := range l.Lines {
		if len(line.Wrong) == 0 {
			continue
		}
		if shown++; shown > most {
			break
		}
		answer = append(answer, richtext.Say("Line %s: %s. %s", fmt.Sprint(line.Number), richtext.Quoted(line.Text), line.Wrong))
	}
	if more := l.Wrong - most; more > 0 {
		answer = append(answer, richtext.Say("And %s more.", fmt.Sprint(more)))
	}
	return answer
}
