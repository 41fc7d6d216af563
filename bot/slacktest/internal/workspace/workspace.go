// Package workspace is what the in-memory Slack remembers: people, channels and what was said in
// them, views, response URLs and the steps of workflows. It knows how messages come about and how
// they look, and notes which limits they break. It knows no HTTP, and not what the bot may do: that
// is package webapi's. Begin with [Workspace].
package workspace

import (
	"crypto/rand"
	"fmt"
	"time"
)

// Settings describe the workspace, the app, and what the app may do.
type Settings struct {
	AppID, BotToken, BotUserID, BotID, BotName string
	TeamID, TeamName, TeamDomain, EnterpriseID string

	Scopes              []string // granted to the app; nil grants everything
	PublicWrite         bool     // as the scope chat:write.public
	MessagesTabDisabled bool
	HomeTabDisabled     bool

	UploadURL func(secret string) string // where a file is uploaded to

	Now func() time.Time
}

// URL is the address people use for the workspace, with a final slash.
func (s Settings) URL() string { return "https://" + s.TeamDomain + ".slack.com/" }

// Workspace is everything Slack remembers. It has no lock of its own: its owner guards it.
type Workspace struct {
	Settings Settings

	Users      Table[User]
	Groups     Table[Group]
	Channels   Table[*Conversation]
	Responses  Table[*ResponseURL]
	Views      Table[*View]
	Triggers   Table[*Trigger]
	Executions Table[*Execution]
	Files      Table[*File] // by id
	Uploads    Table[*File] // by the secret in the URL

	lastTS     time.Time // of the newest message
	ids        int       // how many ids were made
	pings      []Message
	violations []string
}

// New returns a workspace that holds the bot and Slackbot.
func New(settings Settings) *Workspace {
	w := &Workspace{Settings: settings}
	w.AddUser(User{ID: Slackbot, Name: "Slackbot", Bot: true})
	w.AddUser(User{ID: settings.BotUserID, Name: settings.BotName, Bot: true})
	return w
}

// NewID makes an id that was not used before.
func (w *Workspace) NewID(prefix string) string {
	w.ids++
	return fmt.Sprintf("%s%06d", prefix, w.ids)
}

// NewSecret makes an id that cannot be guessed and that no other workspace makes.
func (w *Workspace) NewSecret() string {
	return fmt.Sprintf("%d.%s", w.Settings.Now().UnixMilli(), rand.Text())
}

// NewTS makes the id of a message: its time in microseconds, later than every other's even when
// the clock stands still.
func (w *Workspace) NewTS() string {
	at := w.Settings.Now().Truncate(time.Microsecond)
	if !at.After(w.lastTS) {
		at = w.lastTS.Add(time.Microsecond)
	}
	w.lastTS = at
	return fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/int(time.Microsecond))
}

// timeOf reads the time out of a message's id.
func timeOf(ts string) time.Time {
	var seconds, micros int64
	_, _ = fmt.Sscanf(ts, "%d.%d", &seconds, &micros) // made by NewTS
	return time.Unix(seconds, micros*int64(time.Microsecond))
}
