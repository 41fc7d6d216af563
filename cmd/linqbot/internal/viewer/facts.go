package viewer

import (
	"strconv"
	"time"

	"linqbot/ledger"
)

// fact is a name and a value.
type fact struct {
	Name, Value string
	At          time.Time // in place of a value
	Code        bool      // it is to be copied
	Link        string    // "" for none
}

// facts leave out what there is not.
type facts []fact

// text adds what others may have written.
func (f *facts) text(name, value string) {
	if value != "" {
		*f = append(*f, fact{Name: name, Value: shown(value)})
	}
}

// plain adds what linqbot itself says.
func (f *facts) plain(name, value string) {
	if value != "" {
		*f = append(*f, fact{Name: name, Value: plain(value)})
	}
}

func (f *facts) number(name string, value int) {
	if value != 0 {
		*f = append(*f, fact{Name: name, Value: strconv.Itoa(value)})
	}
}

// id adds what is to be copied, with where it leads, if anywhere.
func (f *facts) id(name, value, link string) {
	if value != "" {
		*f = append(*f, fact{Name: name, Value: plain(value), Code: true, Link: link})
	}
}

func (f *facts) moment(name string, at time.Time) {
	if !at.IsZero() {
		*f = append(*f, fact{Name: name, At: at})
	}
}

func requestFacts(r ledger.Request, undoneBy string) facts {
	var f facts
	f.id("Request", r.ID, "")
	f.plain("Person", person(r.Handle))
	if listed := r.ListedHandle; listed.Value() != "" && listed.Value() != r.Handle.Value() {
		f.plain("Listed in the chat as", person(listed))
	}
	f.text("Chat", r.ChatName)
	f.id("Chat id", r.ChatID, "")
	f.text("Because", r.Because)
	f.id("Asked for by", member(r.UserID), "")
	f.plain("Let in by", r.Rule)
	f.plain("Came in by", string(r.Source))
	f.id("Team", member(r.TeamID), "")
	f.id("Channel", member(r.ChannelID), "")
	f.moment("Recorded", r.AcceptedAt)
	f.moment("Linq took it", r.SentAt)
	f.moment("Ended", r.EndedAt)
	if !r.State.Final() {
		f.moment("Next try", r.NextTryAt)
		f.moment("Question open until", r.ExpiresAt)
	}
	f.number("Tries", r.Tries)
	if r.MayHaveReached && r.SentAt.IsZero() {
		f.plain("Reached Linq", "a try may have")
	}
	f.number("People in the chat", r.People)
	f.id("Reason", r.Reason, "")
	f.number("Linq's last HTTP status", r.HTTPStatus)
	f.text("Linq said", r.LinqSaid)
	f.id("Linq's trace id", r.TraceID, "")
	if r.BatchID != "" {
		f.id("Batch", r.BatchID, "/batches/"+r.BatchID)
	}
	if r.Held {
		f.plain("Held", "its batch is paused")
	}
	if r.Undoes != "" {
		f.id("Takes back", r.Undoes, "/requests/"+r.Undoes)
	}
	if undoneBy != "" {
		f.id("Taken back by", undoneBy, "/requests/"+undoneBy)
	}
	return f
}

func batchFacts(b ledger.Batch) facts {
	const mostPeople = 20
	var f facts
	f.id("Batch", b.ID, "")
	for _, h := range b.Handles[:min(len(b.Handles), mostPeople)] {
		f.plain("Person", person(h))
	}
	f.number("More people", max(0, len(b.Handles)-mostPeople))
	f.text("Because", b.Because)
	f.id("Chat id", b.ChatID, "")
	f.id("Asked for by", member(b.UserID), "")
	f.id("Decided last by", member(b.DecidedBy), "")
	f.plain("Let in by", b.Rule)
	f.plain("Came in by", string(b.Source))
	f.id("Team", member(b.TeamID), "")
	f.id("Channel", member(b.ChannelID), "")
	f.moment("Recorded", b.AcceptedAt)
	f.moment("Confirmed", b.ConfirmedAt)
	if b.State == ledger.Proposed {
		f.moment("Question open until", b.ExpiresAt)
	}
	f.moment("Ended", b.EndedAt)
	f.id("Trouble", b.Trouble, "")
	if b.CutOff {
		f.plain("Chats may be missing", "Linq's list had no end")
	}
	if b.DryRun {
		f.plain("Dry run", "nothing is done")
	}
	if b.Undoes != "" {
		f.id("Takes back", b.Undoes, "/batches/"+b.Undoes)
	}
	return f
}
