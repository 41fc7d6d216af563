package ledger

import (
	"context"
	"fmt"
)

// Sources that make no request by themselves, and can be denied all the same.
const (
	ChatList Source = "chats"  // the list of chats
	Answered Source = "answer" // the yes to a question
)

// Denied stands in the place of a state where the policy said no: there is no request then.
const Denied State = "denied"

// Denial is an attempt to act that the policy said no to.
type Denial struct {
	Source    Source
	TeamID    string
	ChannelID string
	UserID    string
	Rule      string // what said no: a constant of package commands
}

// Deny records a denial.
func (l *Ledger) Deny(ctx context.Context, d Denial) error {
	_, err := l.store.writer().exec(ctx, `
		INSERT INTO denials (at, source, team_id, channel_id, user_id, rule) VALUES ($1, $2, $3, $4, $5, $6)`,
		micros(l.now()), string(d.Source), d.TeamID, d.ChannelID, d.UserID, d.Rule)
	if err != nil {
		return fmt.Errorf("record a denial: %w", err)
	}
	return nil
}
