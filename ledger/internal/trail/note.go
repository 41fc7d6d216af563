package trail

import "time"

// Kind says what happened to a person who made no request.
type Kind string

// The kinds of notes, as they stand in the audit in the place of a state.
const (
	Denied Kind = "denied" // the policy said no
	Read   Kind = "read"   // somebody listed, searched or opened something

	// Those of the switch, which [InsertSwitch] records.
	Paused  Kind = "paused"  // somebody paused the removals of all
	Resumed Kind = "resumed" // somebody resumed them
)

func (k Kind) table() string {
	if k == Read {
		return "readings"
	}
	return "denials"
}

// Note is a row of the audit without a request: a denial, a reading, or a turn of the switch.
type Note struct {
	Kind      Kind
	At        time.Time // [Trail.Keep] fills it in
	Source    string
	TeamID    string
	ChannelID string
	UserID    string
	Rule      string
	ChatID    string // of a reading
	Searched  string // of a reading
	Reason    string // of a turn of the switch
	Delivery  string // the delivery that it spends; "" if there is none
}
