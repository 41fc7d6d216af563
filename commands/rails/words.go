package rails

import (
	"fmt"

	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// ProtectedWords refuse the removal of protected people, who are named as the reader may see them.
func ProtectedWords(names richtext.Text) richtext.Text {
	return richtext.Say("linqbot never removes %s, whoever asks: they are protected in its settings. Nothing was removed. Someone who runs linqbot can change that.", names)
}

// RuleOf names a limit for the record.
func RuleOf(met ledger.Limit) string {
	if met.Everybody {
		return DeniedByDay
	}
	return DeniedByHour
}

// LimitWords refuse what is over a limit, and say when it is possible again. who is the member that it counts for;
// "" for the one who reads the words.
func LimitWords(met ledger.Limit, who string) richtext.Text {
	return richtext.Say("Nothing was recorded, and nobody is removed: %s", overLimit(met, who))
}

// LimitForeseen says of a proposal or a dry run that what it would do is over a limit, as [LimitWords] do of what is asked
// for.
func LimitForeseen(met ledger.Limit, who string) richtext.Text {
	return richtext.Say("This would be refused: %s", overLimit(met, who))
}

// overLimit says which limit was met, and when it is possible again, for the end of a sentence.
func overLimit(met ledger.Limit, who string) richtext.Text {
	most := removals(met.Most)
	asked := richtext.Say("with this, you would have asked for more than %s within an hour, as many as one person may", most)
	if who != "" {
		asked = richtext.Say("with this, %s would have asked for more than %s within an hour, as many as one person may", richtext.Member(who), most)
	}
	switch {
	case met.Again.IsZero() && met.Everybody:
		return richtext.Say("linqbot takes %s from all people together within 24 hours at most, and this asks for more at once. Ask for fewer.", most)
	case met.Again.IsZero():
		return richtext.Say("one person may ask for %s within an hour at most, and this asks for more at once. Ask for fewer.", most)
	case met.Everybody:
		asked = richtext.Say("with this, people would have asked for more than %s within 24 hours, as many as linqbot takes from all together", most)
	}
	return richtext.Say("%s. It is possible again at %s.", asked, richtext.Moment(met.Again))
}

func removals(n int) string {
	if n == 1 {
		return "1 removal"
	}
	return fmt.Sprintf("%d removals", n)
}

// PausedWords say that removals are paused, by whom, since when and why.
func PausedWords(p ledger.Pause) richtext.Text {
	by := richtext.Text{richtext.Member(p.UserID)}
	if p.UserID == "" {
		by = richtext.Say("someone who runs linqbot (%s)", richtext.Name(richtext.Shortened(handle.MaskText(p.Operator))))
	}
	return richtext.Say("Removals are paused: %s paused them at %s. The reason: %s.", by, richtext.Moment(p.Since), richtext.Quoted(handle.MaskText(p.Reason)))
}

// KeptWords follow where a removal is recorded while removals are paused.
func KeptWords() richtext.Text {
	return richtext.Say("What is asked for meanwhile is kept, and goes on by itself once they are resumed.")
}

// Told is what an answer adds while removals are paused; nothing if they are not.
func Told(p ledger.Pause) []richtext.Text {
	if !p.Holds() {
		return nil
	}
	return []richtext.Text{richtext.Say("%s %s %s", string(richtext.MarkNeedsPerson), PausedWords(p), KeptWords())}
}
