package viewer

import (
	"cmp"
	"fmt"
	"regexp"
	"time"

	"linqbot/cmd/linqbot/internal/terminal"
	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// shown is what others wrote, masked, on one line and in its direction.
func shown(text string) string { return terminal.Printable(handle.MaskText(text)) }

// short is shown, cut to what a cell of a table holds.
func short(text string) string {
	const longest = 80
	all := []rune(shown(text))
	if len(all) <= longest {
		return string(all)
	}
	return string(all[:longest]) + "…"
}

func person(h ledger.Secret) string { return handle.New(h.Value()).String() }

// words are a sentence of linqbot's, in which what others wrote is masked already.
func words(text richtext.Text) string { return terminal.Printable(text.String()) }

// plain is what linqbot or a platform made, such as an id. To mask it would make it useless.
func plain(text string) string { return terminal.Printable(text) }

// member is the id of a member or a channel. A workflow may name somebody in its own words.
func member(id string) string {
	if isSlackID(id) {
		return id
	}
	return shown(id)
}

func isSlackID(id string) bool { return regexp.MustCompile(`^[A-Z][A-Z0-9]{1,30}$`).MatchString(id) }

// tone says how a mark looks.
func tone(mark richtext.Mark) string {
	switch mark {
	case richtext.MarkDone:
		return "done"
	case richtext.MarkNeedsPerson:
		return "person"
	case richtext.MarkRefused:
		return "refused"
	default:
		return "queued"
	}
}

// badge is a state with the look that fits it.
type badge struct{ Tone, Mark, Text string }

func badgeOf(r ledger.Request) badge {
	mark := outcome.Explainer{}.Explain(r).Mark
	return badge{Tone: tone(mark), Mark: string(mark), Text: string(r.State)}
}

func plainBadge(state string) badge { return badge{Tone: "plain", Text: state} }

// took is a time between two moments in words.
func took(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 0:
		return "0 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < 2*day:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	default:
		return fmt.Sprintf("%d days", int(d/day))
	}
}

// kindOf says what a request asks for.
func kindOf(r ledger.Request) string {
	switch {
	case r.Kind == ledger.Remove:
		return "remove"
	case r.Undoes != "":
		return "add back"
	default:
		return "add"
	}
}

func chatOf(r ledger.Request) string { return cmp.Or(r.ChatName, r.ChatID) }

// routeWords say by which way people are told.
func routeWords(route ledger.Route) string {
	switch route {
	case "":
		return "nowhere yet"
	case ledger.InThread:
		return "in a thread"
	case ledger.ByResponseURL:
		return "privately to who asked, by Slack's response URL"
	case ledger.ByDirect:
		return "in a direct message"
	case ledger.Undelivered:
		return "nowhere: it could not be delivered"
	case ledger.Nowhere:
		return "nowhere: nobody named a place"
	default:
		return string(route)
	}
}
