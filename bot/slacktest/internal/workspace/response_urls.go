package workspace

import "time"

// ResponseURL lets the bot answer one command or click, whether or not it is in the channel.
type ResponseURL struct {
	Channel string
	User    string
	Expires time.Time
	Uses    int
	// Original is what replace_original replaces: the message that was clicked on, or else the last
	// one that came by this way.
	Original *Message
}

// responseURLLife is how long one works (interactivity/handling-user-interaction).
const responseURLLife = 30 * time.Minute

// NewResponseURL makes a response URL for something that a user did in a channel now, and returns
// its id. clicked is the TS of the message they clicked on, "" for a command.
func (w *Workspace) NewResponseURL(channelID, userID, clicked string) string {
	r := &ResponseURL{Channel: channelID, User: userID, Expires: w.Settings.Now().Add(responseURLLife)}
	if c, ok := w.Channels.Get(channelID); ok && clicked != "" {
		for _, m := range c.Where(func(m *Message) bool { return m.TS == clicked }) {
			r.Original = m // also one that only the user sees
		}
	}
	id := w.NewSecret()
	w.Responses.Put(id, r)
	return id
}
