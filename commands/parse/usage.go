package parse

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"linqbot/commands/richtext"
)

// UsageCode names what is wrong with the text of a command. Codes are stable: logs and metrics
// count by them, and every one has a sentence for people in [UsageError.Why].
type UsageCode string

// The codes of a [UsageError].
const (
	usageNoArguments         UsageCode = "no_arguments"            // nothing was typed
	UsageHelp                UsageCode = "help"                    // help was asked for; nothing is wrong
	UsageTextTooLong         UsageCode = "text_too_long"           // more than linqbot reads
	usageMissingChat         UsageCode = "missing_chat"            // handles without a chat id
	usageMissingHandle       UsageCode = "missing_handle"          // a chat id without a handle
	UsageChatNotUUID         UsageCode = "chat_not_uuid"           // the first word is no chat id, or an unusual spelling of one
	usageLooksSwapped        UsageCode = "looks_swapped"           // the chat id comes after the handle
	usageHandleEmpty         UsageCode = "handle_empty"            // quotes, commas or brackets around nothing
	usageNotAHandle          UsageCode = "not_a_handle"            // neither a number nor an e-mail
	usageSlackMention        UsageCode = "slack_mention"           // a member, channel or group of Slack
	usageNumberTooShort      UsageCode = "number_too_short"        // too few digits
	usageNumberTooLong       UsageCode = "number_too_long"         // too many digits
	usageNumberWrongLength   UsageCode = "number_wrong_length"     // a count of digits its country does not use
	usageNumberLocalOnly     UsageCode = "number_local_only"       // the area code is missing
	usageNumberNoCountry     UsageCode = "number_unknown_country"  // no such country code
	usageNumberAmbiguous     UsageCode = "number_ambiguous"        // two readings, both possible
	usageNumberLetters       UsageCode = "number_has_letters"      // letters beside or between the digits
	usageNumberExtension     UsageCode = "number_has_extension"    // a number and an extension
	usageNumberUnexpected    UsageCode = "number_unexpected_sign"  // a sign that numbers are not written with
	usageUnknownRegion       UsageCode = "unknown_region"          // no +, and no region to read the number in
	usageEmailMalformed      UsageCode = "email_malformed"         // an @, but no address
	usageSeveralWithoutComma UsageCode = "several_without_a_comma" // handles separated by spaces
	usageOneHandleOnly       UsageCode = "one_handle_only"         // several handles where one is due
	usageTooManyHandles      UsageCode = "too_many_handles"        // more than one command takes
	usageReasonEmpty         UsageCode = "reason_empty"            // nothing after because
	usageReasonTooLong       UsageCode = "reason_too_long"         // more than is kept
)

// UsageError says why a command was not understood. [UsageError.Why] and [UsageError.Offending]
// hold what the person typed, whole: show them to that person alone. [UsageError.Error] does not,
// and is safe to log.
type UsageError struct {
	Code      UsageCode
	Offending string        // the part that is wrong, as typed but for invisible characters; "" if there is none
	Why       richtext.Text // what was understood and what to do next
	Usage     richtext.Text // how the command is written; empty from [Handle], which knows no command
}

// Error returns the code and the sentence, with everything that was typed left out.
func (e *UsageError) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code) + ": ")
	for _, span := range e.Why {
		if span.Kind == richtext.Words {
			b.WriteString(span.Value)
		} else {
			b.WriteString("•••")
		}
	}
	return b.String()
}

// GoString keeps what was typed out of %#v.
func (e *UsageError) GoString() string { return "parse.UsageError(" + e.Error() + ")" }

// The chat and the number of the examples.
const (
	ExampleChat   = "550e8400-e29b-41d4-a716-446655440000"
	ExampleNumber = "+14155550132"
)

// The commands that take a chat and people.
const (
	RemoveCommand = "/linq-remove"
	AddCommand    = "/linq-add"
)

// words are what sentences about a command that takes a chat and people say of it, and how it reads the people.
type words struct {
	command string
	does    string // the beginning of a sentence that goes on with the chat
	to      string // what is to be done with a person
	theirs  string // which number or address to give
	read    reader
}

func removing() words {
	return words{command: RemoveCommand, does: "removes people from", to: "to remove", theirs: "that the person has in the chat", read: readListed}
}

func adding() words {
	return words{command: AddCommand, does: "adds people to", to: "to add", theirs: "of the person", read: readAddable}
}

// RemoveUsage returns how /linq-remove is written, with an example.
func RemoveUsage() richtext.Text { return usage(removing()) }

// AddUsage returns how /linq-add is written, with an example.
func AddUsage() richtext.Text { return usage(adding()) }

// usage returns how a command is written, with an example.
func usage(w words) richtext.Text {
	return richtext.Say("Usage: %s, for example %s.",
		richtext.ID(w.command+" <chatId> <handle>"), richtext.ID(w.command+" "+ExampleChat+" "+ExampleNumber))
}

func usageError(code UsageCode, offending string, format string, parts ...any) *UsageError {
	return &UsageError{Code: code, Offending: offending, Why: richtext.Say(format, parts...)}
}

// shownSign shows one character, by its number if it cannot be seen.
func shownSign(sign string) richtext.Span {
	r, _ := utf8.DecodeRuneInString(sign)
	if unicode.IsGraphic(r) {
		return richtext.ID(sign)
	}
	return richtext.ID(fmt.Sprintf("%U", r))
}
