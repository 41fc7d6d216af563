package batch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// mostNamed is how many chats, or people, a sentence names.
const mostNamed = 10

// amount is how much a batch does: "30 chats", or of a list "120 people".
func amount(b ledger.Batch, items int) string {
	one, many := "chat", "chats"
	if b.Job == ledger.List {
		one, many = "person", "people"
	}
	if items == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", items, many)
}

// verb is what the button says before the amount.
func verb(b ledger.Batch) string {
	switch {
	case b.Kind == ledger.Add:
		return "Add back to"
	case b.Job == ledger.List:
		return "Remove"
	default:
		return "Remove from"
	}
}

// people names the people of a batch: a few by their handles, more by their number.
func people(e outcome.Explainer, b ledger.Batch) richtext.Text {
	requests := make([]ledger.Request, len(b.Handles))
	for i, each := range b.Handles {
		requests[i].Handle = each
	}
	const most = 3
	if len(requests) == 0 || len(requests) > most {
		return richtext.Say("%s people", fmt.Sprint(len(requests)))
	}
	among := e.Among(requests)
	var names richtext.Text
	for _, r := range requests {
		name := among.Who(r)
		if e.FullHandles {
			name = parse.International(handle.New(r.Handle.Value()))
		}
		names = append(names, richtext.Span{Kind: richtext.Words, Value: name})
	}
	return richtext.AllOf(names)
}

// chatOf names the chat of a list by the name that its items know.
func chatOf(e outcome.Explainer, b ledger.Batch, items []ledger.BatchResult) richtext.Span {
	r := ledger.Request{}
	r.ChatID = b.ChatID
	if len(items) > 0 {
		r.ChatName = items[0].ChatName
	}
	return e.Chat(r)
}

// chatNames names the chats of items, each once: the first, and how many more there are.
func chatNames(items []ledger.BatchResult) richtext.Text {
	var names richtext.Text
	seen := make(map[string]bool)
	for _, item := range items {
		if seen[item.ChatID] {
			continue
		}
		if seen[item.ChatID] = true; len(seen) <= mostNamed {
			name := outcome.ChatName(item.ChatName)
			if name.Kind == richtext.Words {
				name = richtext.ID(item.ChatID)
			}
			names = append(names, name)
		}
	}
	return withMore(names, len(seen))
}

func peopleNames(items []ledger.BatchResult) richtext.Text {
	var names richtext.Text
	for _, item := range items[:min(len(items), mostNamed)] {
		names = append(names, richtext.Name(parse.International(handle.New(item.Handle.Value()))))
	}
	return withMore(names, len(items))
}

func withMore(names richtext.Text, all int) richtext.Text {
	if more := all - len(names); more > 0 {
		names = append(names, richtext.Span{Kind: richtext.Words, Value: fmt.Sprintf("%d more", more)})
	}
	return richtext.AllOf(names)
}

// about is a time in words, rounded up.
func about(d time.Duration) string {
	number := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	const longEnough = 90
	seconds := int((d + time.Second - 1) / time.Second)
	minutes := (seconds + 59) / 60
	switch {
	case seconds <= longEnough:
		return number(max(seconds, 1), "second")
	case minutes <= longEnough:
		return number(minutes, "minute")
	default:
		return number((minutes+59)/60, "hour")
	}
}

// upper begins a sentence.
func upper(text richtext.Text) richtext.Text {
	if len(text) == 0 || text[0].Kind != richtext.Words || text[0].Value == "" {
		return text
	}
	text = slices.Clone(text)
	text[0].Value = strings.ToUpper(text[0].Value[:1]) + text[0].Value[1:]
	return text
}

func values(spans richtext.Text) []string {
	all := make([]string, len(spans))
	for i, span := range spans {
		all[i] = span.Value
	}
	return all
}
