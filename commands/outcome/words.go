package outcome

import (
	"fmt"
	"strings"

	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// words are what people read in one case. Both sentences are templates: [Explainer.part] knows what may
// stand in braces.
type words struct {
	when     condition     // Optional; these words are only for such requests.
	mark     richtext.Mark // Optional in the table of reasons, where the state's mark holds without it.
	happened string
	next     string // "" if there is nothing to do
}

// byKind has the words for either kind of request. The first whose condition holds are said.
type byKind struct {
	removal, addition []words
}

// alike serves both kinds with the same words.
func alike(w []words) byKind { return byKind{removal: w, addition: w} }

// pick returns the words for a request, false if there are none.
func (b byKind) pick(r ledger.Request) (words, bool) {
	all := b.removal
	if r.Kind == ledger.Add {
		all = b.addition
	}
	for _, w := range all {
		if w.when == nil || w.when(r) {
			return w, true
		}
	}
	return words{}, false
}

// fill writes a template out.
func (e Explainer) fill(template string, r ledger.Request) richtext.Text {
	var text richtext.Text
	for template != "" {
		plain, rest, _ := strings.Cut(template, "{")
		name, after, found := strings.Cut(rest, "}")
		text = append(text, richtext.Say(plain)...)
		if found {
			text = append(text, e.part(name, r)...)
		}
		template = after
	}
	return text
}

// part returns what stands for a name in braces.
func (e Explainer) part(name string, r ledger.Request) richtext.Text {
	switch name {
	case "who":
		return richtext.Say(e.Who(r))
	case "chat":
		return richtext.Text{e.Chat(r)}
	case "chat id":
		return richtext.Text{richtext.ID(r.ChatID)}
	case "people":
		return richtext.Say(fmt.Sprint(r.People))
	case "next try":
		return richtext.Text{richtext.Moment(r.NextTryAt)}
	case "reason": // the sentence for why the request ended or waits
		return e.fill(reasonWords(r).happened, r)
	case "code":
		return richtext.Say(fmt.Sprint(linqCode(r.Reason)))
	case "meaning": // of the code, as the catalogue has it
		entry, _ := linq.LookUp(linqCode(r.Reason))
		return richtext.Say(entry.Meaning)
	case "HTTP status":
		return richtext.Say(fmt.Sprint(r.HTTPStatus))
	case "Linq's words":
		return richtext.Text{richtext.Quoted(r.LinqSaid)}
	case "back": // of somebody who was removed before
		if takesBack(r) {
			return richtext.Say(" back")
		}
		return nil
	case "ask anew": // nobody can press Add back again where Linq has accepted it
		if takesBack(r) {
			return richtext.Say("ask someone who is to add them")
		}
		return richtext.Say("ask again")
	case "other request":
		other, _ := otherRequest(r.Reason)
		return richtext.Text{richtext.ID(other)}
	case "key variable":
		return richtext.Text{richtext.ID("LINQ_API_V3_API_KEY")}
	case "URL variable":
		return richtext.Text{richtext.ID("LINQ_API_V3_BASE_URL")}
	default:
		return richtext.Say(supportClause(name, r.TraceID != ""))
	}
}

// supportClause says where to turn with what linqbot cannot explain. Linq's own answers have a trace id.
func supportClause(name string, traced bool) string {
	switch {
	case name == "or ask support" && traced:
		return ", or give the trace id to Linq's support"
	case name == "or ask support":
		return ""
	case name == "ask support" && traced:
		return "Give the trace id to Linq's support."
	case name == "ask support":
		return "The answer had no trace id, so it may not be Linq's own: someone who runs linqbot should check what stands between linqbot and Linq."
	case name == "what then" && traced:
		return "give the trace id to Linq's support"
	case name == "what then":
		return "someone who runs linqbot should check that it reaches Linq"
	default:
		return "{" + name + "}" // a test finds it
	}
}
