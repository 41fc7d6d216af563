package slacktest

import "linqbot/bot/slacktest/internal/workspace"

// AddUser adds a user, or replaces the one with the same id.
func (s *Slack) AddUser(u User) {
	s.change(func(w *workspace.Workspace) { w.AddUser(u) })
}

// AddGroup adds a user group, or replaces the one with the same id.
func (s *Slack) AddGroup(g Group) {
	s.change(func(w *workspace.Workspace) { w.AddGroup(g) })
}

// AddChannel adds a channel, or changes the one with the same id and keeps its messages.
func (s *Slack) AddChannel(c Channel) {
	s.change(func(w *workspace.Workspace) { w.AddChannel(c) })
}

// Archive archives a channel. It panics if there is no such channel.
func (s *Slack) Archive(channelID string) {
	s.change(func(w *workspace.Workspace) { w.MustChannel(channelID).Archived = true })
}

// SetMember puts a user into a channel or takes them out of it; the bot's user id stands for the
// bot. The first user put into a channel that everybody is in makes it theirs alone. It panics if
// there is no such channel.
func (s *Slack) SetMember(channelID, userID string, member bool) {
	s.change(func(w *workspace.Workspace) { w.SetMember(channelID, userID, member) })
}

// NewTriggerID makes a trigger id for something that a user did now. It opens one modal within
// three seconds.
func (s *Slack) NewTriggerID(userID string) string {
	var id string
	s.change(func(w *workspace.Workspace) { id = w.NewTrigger(userID) })
	return id
}

// NewResponseURL makes a response URL for something that a user did in a channel now. clicked is
// the TS of the message they clicked on, "" for a command.
func (s *Slack) NewResponseURL(channelID, userID, clicked string) string {
	var id string
	s.change(func(w *workspace.Workspace) { id = w.NewResponseURL(channelID, userID, clicked) })
	return s.URL() + responsePath + id
}

// PostAs posts a message as a person, in a thread if threadTS is not "". It panics if there is no
// such channel.
func (s *Slack) PostAs(userID, channelID, threadTS, text string) Message {
	var posted Message
	s.change(func(w *workspace.Workspace) {
		m := w.Post(w.MustChannel(channelID), Message{Author: userID, ThreadTS: threadTS, Text: text})
		posted = w.Snapshot(m)
	})
	return posted
}

// ShareAs posts a message with a file as a user.
func (s *Slack) ShareAs(userID, channelID, name string, content []byte) Message {
	var posted Message
	s.change(func(w *workspace.Workspace) {
		file, _ := w.NewUpload(name, len(content))
		file.Content, file.Done = content, true
		m := w.Post(w.MustChannel(channelID), Message{Author: userID, Files: []workspace.File{*file}})
		posted = w.Snapshot(m)
	})
	return posted
}

// Tell has Slackbot say something to one person in a channel, in a thread if threadTS is not "". It panics if there
// is no such channel.
func (s *Slack) Tell(userID, channelID, threadTS, text string) {
	s.change(func(w *workspace.Workspace) {
		w.Post(w.MustChannel(channelID), Message{Author: workspace.Slackbot, ThreadTS: threadTS, Text: text, VisibleTo: userID})
	})
}

// DirectMessage returns the conversation between a user and the app, which is opened if there is none.
func (s *Slack) DirectMessage(userID string) Channel {
	var c Channel
	s.change(func(w *workspace.Workspace) { c = w.AppDM(userID).Channel })
	return c
}
