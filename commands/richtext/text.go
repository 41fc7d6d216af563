package richtext

import (
	"fmt"
	"strings"
	"time"
)

// Text is a sentence in parts. What people or Linq wrote stays in parts of its own, so that the
// edge can escape it for the place where it shows, and mark up the rest.
type Text []Span

// Span is one part of a [Text].
type Span struct {
	Kind  SpanKind
	Value string    // what is written; for Person and Channel the platform's id; for Posted the label
	At    time.Time // Time only

	ChannelID, TS string // Posted only

	Action, Subject string // Press only: what a click asks for, and of what
	Danger          bool   // Press only: it cannot simply be taken back
}

// SpanKind says what a [Span] is.
type SpanKind int

// The kinds of a [Span].
const (
	Words   SpanKind = iota // plain words
	Strong                  // a name, shown with emphasis
	Code                    // an id, a variable, something to copy
	Person                  // a member of the workspace, by id
	Channel                 // a channel of the workspace, by id
	Posted                  // words that lead to a message in the workspace
	Time                    // a moment, shown in the reader's zone
	Press                   // a button, shown after the words
)

// Say writes a sentence: format holds plain words and a %s for each part. A part is a [Span], a
// [Text], a string or a [fmt.Stringer] (plain words).
func Say(format string, parts ...any) Text {
	var text Text
	words := func(s string) {
		if s != "" {
			text = append(text, Span{Kind: Words, Value: s})
		}
	}
	for _, part := range parts {
		before, after, _ := strings.Cut(format, "%s")
		words(before)
		switch p := part.(type) {
		case Span:
			text = append(text, p)
		case Text:
			text = append(text, p...)
		default:
			words(fmt.Sprint(p))
		}
		format = after
	}
	words(format)
	return text
}

// Name is a [Strong] part.
func Name(value string) Span { return Span{Kind: Strong, Value: value} }

// ID is a [Code] part.
func ID(value string) Span { return Span{Kind: Code, Value: value} }

// Member is a [Person] part.
func Member(id string) Span { return Span{Kind: Person, Value: id} }

// InChannel is a [Channel] part.
func InChannel(id string) Span { return Span{Kind: Channel, Value: id} }

// Message is a [Posted] part: label leads to the message that channel and ts name.
func Message(channel, ts, label string) Span {
	return Span{Kind: Posted, Value: label, ChannelID: channel, TS: ts}
}

// Moment is a [Time] part.
func Moment(at time.Time) Span { return Span{Kind: Time, At: at} }

// Button is a [Press] part: label is on it, and a click asks for action of subject.
func Button(label, action, subject string) Span {
	return Span{Kind: Press, Value: label, Action: action, Subject: subject}
}

// String returns the text without mark-up, for logs, workflows and tests.
func (t Text) String() string {
	var b strings.Builder
	for _, span := range t {
		switch span.Kind {
		case Person:
			b.WriteString("@" + span.Value)
		case Channel:
			b.WriteString("#" + span.Value)
		case Press:
			b.WriteString(" [ " + span.Value + " ]")
		case Time:
			b.WriteString(span.At.UTC().Format("2006-01-02 15:04:05 UTC"))
		default:
			b.WriteString(span.Value)
		}
	}
	return b.String()
}

// Answer is what the person alone reads at once, a paragraph each. An empty one says nothing: a
// delivery that was seen before is not answered again.
type Answer []Text
