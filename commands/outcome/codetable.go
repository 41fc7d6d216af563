package outcome

import (
	"linqbot/commands/richtext"
	"linqbot/linq"
)

// What to do next that several rows say.
const (
	writeNumber  = "Write the number with + and the country code, and check each digit."
	checkBoth    = "Check both, and ask again."
	pickOurChat  = "Pick a chat that your line is still in."
	otherAccount = "Check the chat id. If it is right, someone who runs linqbot must use the API key of that account."
)

// codeTable has a row for each of Linq's error codes that linqbot has words of its own for, in ascending
// order. The meaning of any other is said as the catalogue has it.
func codeTable() []row {
	return []row{
		{
			reasons: codes(linq.CodeMissingField, linq.CodeInvalidBody),
			refused: byKind{
				removal: needsPerson(
					"Linq did not receive the request as linqbot sent it: {meaning}.",
					"Someone who runs linqbot should check whether a proxy on the way to Linq drops the body of a DELETE.",
				),
				addition: needsPerson(
					"Linq did not receive the request as linqbot sent it: {meaning}.",
					"Someone who runs linqbot should check whether a proxy on the way to Linq changes the body of a POST.",
				),
			},
		},
		{
			reasons: codes(linq.CodeInvalidPhone),
			refused: byKind{
				removal: []words{
					{when: isEmail, happened: "Linq does not take {who} for a phone number.", next: "Give the phone number that the person has in the chat."},
					{happened: "Linq does not take {who} for a phone number.", next: writeNumber},
				},
				addition: []words{
					{when: takesBack, happened: "Linq does not take {who} for a phone number.", next: askSomeoneInChat},
					{when: isEmail, happened: "Linq does not take {who} for a phone number.", next: "Give the person's phone number."},
					{happened: "Linq does not take {who} for a phone number.", next: writeNumber},
				},
			},
		},
		{
			reasons: codes(linq.CodeInvalidParameter),
			refused: byKind{
				removal:  just("Linq does not accept the chat id or the handle.", checkBoth),
				addition: adding("Linq does not accept the chat id or the handle.", askSomeoneInChat, checkBoth),
			},
		},
		{
			reasons: codes(linq.CodeNotAGroup),
			refused: byKind{
				removal:  just("Linq refused: {chat} is a one-to-one chat.", pickGroup),
				addition: adding("Linq refused: {chat} is a one-to-one chat.", newGroup, pickOrNewGroup),
			},
		},
		{
			reasons: codes(linq.CodeRateLimited), answers: (*linq.Error).Limited,
			trouble: alike(just("Linq takes no more calls for the moment.", "")),
		},
		{reasons: codes(linq.CodeChatNotFound), refused: notFound()},
		{reasons: codes(linq.CodeUnauthorized), refused: alike(keyNotAccepted())},
		{
			reasons: codes(linq.CodeAccessDenied),
			refused: byKind{
				removal: just(
					"Linq refused: {chat} belongs to another account.",
					otherAccount,
				),
				addition: []words{
					{
						when: takesBack, mark: richtext.MarkNeedsPerson, happened: "Linq refused: {chat} belongs to another account.",
						next: "Someone who runs linqbot must use the API key of that account.",
					},
					{happened: "Linq refused: {chat} belongs to another account.", next: otherAccount},
				},
			},
		},
		{
			reasons: codes(linq.CodeLineNotYours),
			refused: alike(needsPerson(
				"Linq refused: the line in {chat} does not belong to this account.",
				"Someone who runs linqbot should check the account's lines at Linq.",
			)),
		},
		{
			reasons: codes(linq.CodeSandboxOnly),
			refused: byKind{addition: adding(
				"Linq refused: {who} must first write to your line, since it is a sandbox line.",
				"Ask them to; then choose Add back again.",
				"Ask them to; then ask again.",
			)},
		},
		{reasons: codes(linq.CodeChatBeingCreated), trouble: alike(just("Linq is still creating this chat.", ""))},
		{
			reasons: codes(linq.CodeFeatureNotEnabled),
			refused: alike(needsPerson("Linq refused: changing groups is not enabled for this account.", "Ask Linq to enable it.")),
		},
		{
			reasons: codes(linq.CodeChatUnavailable),
			refused: byKind{
				removal: just(
					"Linq refused: this chat is unavailable, because your line has left it.",
					pickOurChat,
				),
				addition: adding("Linq refused: this chat is unavailable, because your line has left it.", askSomeoneInChat, pickOurChat),
			},
		},
		stateConflict(),
		{
			reasons: codes(linq.CodeServiceUnsupported),
			refused: byKind{
				removal: just(
					"Linq refused: people cannot be removed on the service that {chat} runs on.",
					"Removing works in iMessage groups; for others, make a new group without the person.",
				),
				addition: just(
					"Linq refused: {who} cannot be added on the service that {chat} runs on. People cannot be added across services.",
					newGroup,
				),
			},
		},
		{
			reasons: codes(linq.CodeOptedOut),
			refused: byKind{addition: adding(
				"Linq refused: {who} has opted out.",
				"Leave it at that, unless they ask to come back; Linq's support can say how.",
				"Leave it at that, unless they ask to join; Linq's support can say how.",
			)},
		},
		{
			reasons: codes(linq.CodeLineIneligible),
			refused: alike(needsPerson(
				"Linq refused: your line may not change groups for now.",
				"Wait until the line is well again; someone who runs linqbot can see its state in Linq's dashboard.",
			)),
		},
		{
			reasons: codes(linq.CodeServiceUnavailable),
			trouble: alike(just("Linq's service is unavailable for the moment.", "")),
		},
		{
			reasons: codes(linq.CodeNotSupported),
			refused: byKind{addition: just("Linq refused: {who} cannot be reached on the service that {chat} runs on.", newGroup)},
		},
	}
}

// stateConflict is the row of Linq's 2015.
func stateConflict() row {
	const (
		removal = "Linq says that the removal conflicts with the chat's present state."
		fewStay = removal + " At least 3 people must remain in a group, and this one has {people} with your line."

		addition = "Linq says that the addition conflicts with the chat's present state."
		tooFew   = addition + " A group must have at least 3 people before anyone can be added, and this one has {people} with your line."
		full     = addition + " Linq makes groups of at most 31 people and your line, and this one has {people}."
	)
	return row{
		reasons: codes(linq.CodeStateConflict),
		refused: byKind{
			removal: []words{
				{when: fewWouldStay, happened: fewStay, next: "Add someone to the chat first; then ask again."},
				{happened: removal, next: "Look into the chat; if they are still there, ask again in a few minutes."},
			},
			addition: []words{
				{when: tooFewToAdd, happened: tooFew, next: newGroup},
				{when: mayBeFull, happened: full, next: "If the group is full, someone has to leave it first."},
				{when: takesBack, happened: addition, next: "Look into the chat; if they are not in it, choose Add back again in a few minutes."},
				{happened: addition, next: "Look into the chat; if they are not in it, ask again in a few minutes."},
			},
		},
		trouble: byKind{
			removal: []words{
				{when: fewWouldStay, happened: fewStay, next: "If too few would remain, add someone to the chat first; then ask again."},
				{happened: removal},
			},
			addition: []words{
				{when: tooFewToAdd, happened: tooFew, next: newGroup},
				{happened: addition},
			},
		},
	}
}

// notFound is for Linq's 2001, which may speak of the chat or of the person, and for a 404 without a code.
func notFound() byKind {
	return byKind{
		removal: []words{
			{
				when:     seenListed,
				happened: "Linq could not find {who} in {chat}, although the chat listed them a moment before.",
				next:     "Look into the chat; if they are still there, ask again.",
			},
			{happened: "Linq found no such chat, or nobody with this handle in it.", next: "Check the chat id and the handle."},
		},
		addition: []words{
			{
				when:     all(chatRead, takesBack),
				happened: "Linq could not find {who}, although it showed the chat {chat} a moment before.", next: askSomeoneInChat,
			},
			{
				when:     chatRead,
				happened: "Linq could not find {who}, although it showed the chat {chat} a moment before.",
				next:     "Check the phone number or e-mail address; if it is right, make a new group with them.",
			},
			{
				when:     takesBack,
				happened: "Linq found no such chat, or nobody with this handle.",
				next:     "Find out whether the chat still exists; if it does, ask someone who is in it to add them.",
			},
			{happened: "Linq found no such chat, or nobody with this handle.", next: "Check the chat id and the handle."},
		},
	}
}
