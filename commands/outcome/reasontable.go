package outcome

import (
	"slices"

	"linqbot/linq"
)

// reasonTable has the words for every reason, of removals and of additions: for what linqbot finds
// itself, for Linq's error codes (see codetable.go), and for all other answers. The first row that fits
// and has words counts.
func reasonTable() []row {
	return slices.Concat(ownReasons(), codeTable(), otherAnswers())
}

const (
	askSomeoneInChat = "Ask someone who is in the chat to add them."
	newGroup         = "Make a new group with them."
	pickGroup        = "Pick a group chat."
	pickOrNewGroup   = "Pick a group chat, or make a new group with them."
)

func ownReasons() []row {
	return []row{
		{
			reasons: []string{ReasonNoSuchChat},
			refused: byKind{
				removal:  just("Linq knows no chat {chat id}.", "Check the chat id."),
				addition: adding("Linq knows no chat {chat id}.", newGroup, "Check the chat id."),
			},
		},
		{
			reasons: []string{ReasonNotAGroup},
			refused: byKind{
				removal:  just("{chat} is a one-to-one chat, and people can only be removed from groups.", pickGroup),
				addition: adding("{chat} is a one-to-one chat, and people can only be added to groups.", newGroup, pickOrNewGroup),
			},
		},
		{
			reasons: []string{ReasonOwnLine},
			refused: byKind{
				removal: just(
					"{who} is your own line in {chat}, and linqbot only removes other people.",
					"To take the line out of the chat, ask someone who works with Linq's API.",
				),
				addition: just(
					"{who} is your own line, which is in {chat} already or cannot be added this way.",
					"To add somebody else, give their phone number or e-mail address.",
				),
			},
		},
		{
			reasons: []string{ReasonProtected},
			refused: byKind{removal: just(
				"{who} is protected in linqbot's settings: nobody removes them from {chat} or any other chat.",
				"Someone who runs linqbot can change that.",
			)},
		},
		{
			reasons: []string{ReasonNotInChat},
			refused: byKind{removal: just(
				"{who} is not in {chat}.",
				"They may be in it under another number or an e-mail: look at the chat's people and use the handle that is listed there.",
			)},
		},
		{
			opposed: true,
			refused: byKind{
				removal: just(
					"Another request, {other request}, is under way, by which {who} is to join {chat}.",
					"Once that has ended, ask again if they are to leave.",
				),
				addition: adding(
					"Another request, {other request}, is under way, by which {who} is to leave {chat}.",
					"Once that has ended, look into the chat.",
					"Once that has ended, ask again if they are to join.",
				),
			},
		},
		{
			reasons: []string{ReasonLinesUnknown},
			trouble: alike(just(
				"Linq did not say which phone numbers are your own, so linqbot cannot rule out that this is one of them.",
				"Someone who runs linqbot should check that its API key may read this chat, or list the account's phone numbers: linqbot doctor says whether it may.",
			)),
		},
		{reasons: []string{ReasonNoAnswer}, trouble: alike(just("Linq did not answer.", ""))},
		{reasons: []string{ReasonNotAnswering}, wait: alike(just("Linq is not answering; next try at {next try}.", ""))},
		{reasons: []string{ReasonAskedToWait}, wait: alike(just("Linq asks linqbot to wait; next try at {next try}.", ""))},
		{reasons: []string{ReasonNoMoreCalls}, wait: alike(just("Linq takes no more calls for the moment; next try at {next try}.", ""))},
		{
			reasons: []string{ReasonRestored},
			trouble: byKind{
				removal: just(
					"linqbot was restored from a backup that was made before this had ended, and does not do it a second time.",
					"If they are still in it, ask again.",
				),
				addition: just(
					"linqbot was restored from a backup that was made before this had ended, and does not do it a second time.",
					"If they are not in it, ask again.",
				),
			},
		},
	}
}

// otherAnswers are those without a row of their own. What Linq documents about a code is said as it is
// in the catalogue.
func otherAnswers() []row {
	const again = "Ask again in a few minutes."
	return []row{
		{
			answers: (*linq.Error).NotLinqs,
			trouble: alike(just(
				"Something between linqbot and Linq answered in Linq's place (HTTP {HTTP status}).",
				"",
			)),
		},
		{answers: (*linq.Error).TimedOut, trouble: alike(just("Linq waited too long for the request.", ""))},
		{answers: notFoundOrConflict, trouble: alike(just("Linq turned a later try down, and the chat could not be read to see why.", ""))},
		{
			answers: aboutLinq,
			refused: alike([]words{{when: passes, happened: "{meaning}.", next: again}, {happened: "{meaning}.", next: "{ask support}"}}),
			trouble: alike(just("{meaning}.", "")),
		},
		{
			answers: documented,
			refused: alike([]words{
				{when: passes, happened: "Linq refused: {meaning}.", next: again},
				{happened: "Linq refused: {meaning}.", next: "{ask support}"},
			}),
			trouble: alike(just("Linq had trouble of its own: {meaning}.", "")),
		},
		{
			answers: hasCode, // and it is not documented
			refused: alike([]words{
				{when: linqSpoke, happened: "Linq refused with a code that linqbot does not know, {code}, and said: {Linq's words}.", next: "{ask support}"},
				{happened: "Linq refused with a code that linqbot does not know, {code}.", next: "{ask support}"},
			}),
		},
		{answers: (*linq.Error).Unauthorized, refused: alike(keyNotAccepted())},
		{
			answers: (*linq.Error).Forbidden,
			refused: alike(needsPerson(
				"Linq does not let linqbot change {chat}.",
				"Someone who runs linqbot should check the account and its lines at Linq.",
			)),
		},
		{answers: (*linq.Error).NotFound, refused: notFound()},
		{
			answers: (*linq.Error).Redirected,
			refused: alike(needsPerson(
				"What answers at Linq's address sends linqbot elsewhere, and linqbot does not follow (HTTP {HTTP status}).",
				"Someone who runs linqbot must check {URL variable}.",
			)),
		},
		{
			answers: anyAnswer,
			refused: alike([]words{
				{when: linqSpoke, happened: "Linq refused (HTTP {HTTP status}) and said: {Linq's words}.", next: "{ask support}"},
				{happened: "Linq refused and gave no reason (HTTP {HTTP status}).", next: "{ask support}"},
			}),
			trouble: alike(just("Linq had trouble of its own (HTTP {HTTP status}).", "")),
		},
	}
}

// keyNotAccepted is said for Linq's code, and for an answer of the same meaning without one.
func keyNotAccepted() []words {
	return needsPerson("Linq does not accept linqbot's API key.", "Someone who runs linqbot must replace {key variable}.")
}
