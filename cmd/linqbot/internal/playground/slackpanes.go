package playground

import (
	"encoding/json"
	"html/template"
	"slices"
	"strings"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/internal/slackhtml"
)

// channelRow is a channel in the list at the left.
type channelRow struct {
	slacktest.Channel
	Sign, Note string
}

func rowOf(c slacktest.Channel) channelRow {
	row := channelRow{Channel: c, Sign: "#"}
	var notes []string
	if c.Kind == slacktest.Private {
		row.Sign = "🔒"
		notes = append(notes, "private")
	}
	if c.ExtShared {
		notes = append(notes, "shared with Globex")
	}
	switch {
	case c.ReadOnly:
		notes = append(notes, "linqbot may not post here")
	case c.Kind == slacktest.Private && !c.BotMember:
		notes = append(notes, "linqbot is not in it")
	}
	row.Note = strings.Join(notes, ", ")
	return row
}

// Channels returns those that the person is in.
func (v page) Channels() []channelRow {
	var rows []channelRow
	for _, c := range v.World.Slack.Channels() {
		if c.Kind != slacktest.DM && slices.Contains(c.Members, v.Place.As) {
			rows = append(rows, rowOf(c))
		}
	}
	return rows
}

// Channel returns the one that is open.
func (v page) Channel() channelRow { return rowOf(v.channel) }

// DM returns the conversation between the person and linqbot.
func (v page) DM() string {
	for _, c := range v.World.Slack.Channels() {
		if c.Kind == slacktest.DM && c.BotMember && slices.Equal(c.Members, []string{v.Place.As}) {
			return c.ID
		}
	}
	return v.World.Slack.DirectMessage(v.Place.As).ID
}

// IsDM reports whether the conversation with linqbot is open.
func (v page) IsDM() bool { return v.channel.Kind == slacktest.DM }

// Person returns who one is.
func (v page) Person() person {
	i := slices.IndexFunc(v.People, func(p person) bool { return p.ID == v.Place.As })
	return v.People[i]
}

// message is a message as it is drawn.
type message struct {
	TS, Channel, Author string
	Initial             string
	Avatar              int // of six colours
	App                 bool
	At                  string
	Body                template.HTML
	Files               []slacktest.File
	Private, Edited     bool
	Replies             int
	Root                string // the ts that its thread has, or would have
}

func (v page) drawn(m slacktest.Message) message {
	const colours = 6
	author := v.names.UserName(m.Author)
	sum := 0
	for _, c := range m.Author {
		sum += int(c)
	}
	d := message{
		TS: m.TS, Channel: m.Channel, Author: author, Initial: string([]rune(author)[:1]), Avatar: sum % colours,
		App: m.Author == v.World.Slack.Config().BotUserID, At: m.At().Format("3:04 PM"),
		Body: v.renderer().Message(m.Text, m.Blocks), Private: m.VisibleTo != "", Edited: m.Edited && m.Blocks == nil, Root: m.TS,
		Files: m.Files,
	}
	if m.ThreadTS != "" {
		d.Root = m.ThreadTS
	}
	return d
}

// Messages returns what the person sees in the open channel, the private ones in their place in time.
func (v page) Messages() []message {
	return v.seen(func(m slacktest.Message) bool { return m.ThreadTS == "" || m.Broadcast })
}

// Replies returns what the person sees in the open thread.
func (v page) Replies() []message {
	if v.Place.Thread == "" {
		return nil
	}
	return v.seen(func(m slacktest.Message) bool { return m.TS == v.Place.Thread || m.ThreadTS == v.Place.Thread })
}

func (v page) seen(wanted func(slacktest.Message) bool) []message {
	all := v.World.Slack.Messages(v.channel.ID)
	replies := map[string]int{}
	for _, m := range all {
		replies[m.ThreadTS]++
	}
	all = append(all, v.World.Slack.Ephemerals(v.channel.ID, v.Place.As)...)
	slices.SortStableFunc(all, func(a, b slacktest.Message) int { return strings.Compare(a.TS, b.TS) })
	var drawn []message
	for _, m := range all {
		if wanted(m) {
			d := v.drawn(m)
			d.Replies = replies[m.TS]
			drawn = append(drawn, d)
		}
	}
	return drawn
}

// Home draws the person's Home tab, "" if linqbot has published none.
func (v page) Home() template.HTML {
	view, ok := v.World.Slack.HomeView(v.Place.As)
	if !ok {
		return ""
	}
	return v.renderer().Blocks(bodyOf(view).Blocks, slackhtml.Filled{})
}

// viewBody is a modal or a Home tab as the bot sent it.
type viewBody struct {
	Title  struct{ Text string } `json:"title"`
	Submit struct{ Text string } `json:"submit"`
	Close  struct{ Text string } `json:"close"`
	Blocks json.RawMessage       `json:"blocks"`
}

func bodyOf(v slacktest.View) viewBody {
	var body viewBody
	_ = json.Unmarshal(v.Body, &body) // it was checked when it was opened
	return body
}

// modal is the modal that is open for the person.
type modal struct {
	ID, Title, Submit, Close string
	Body                     template.HTML
}

// Modal returns it, or nil.
func (v page) Modal() *modal {
	view, ok := v.World.openModal(v.Place.As)
	if !ok {
		return nil
	}
	body := bodyOf(view)
	return &modal{
		ID: view.ID, Title: body.Title.Text, Submit: body.Submit.Text, Close: body.Close.Text,
		Body: v.renderer().Blocks(body.Blocks, v.World.filledIn(view.ID)),
	}
}

// openModal returns the modal that somebody sees: the newest that they have not closed.
func (w *world) openModal(userID string) (slacktest.View, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, view := range slices.Backward(w.Slack.Views()) {
		if view.Type == "modal" && view.UserID == userID && !w.closed[view.ID] {
			return view, true
		}
	}
	return slacktest.View{}, false
}

func (w *world) filledIn(viewID string) slackhtml.Filled {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.filled[viewID]
}

// Filling returns the step whose inputs are being filled in, or nil.
func (v page) Filling() *step {
	s, ok := v.App.step(v.Place.Step)
	if !ok {
		return nil
	}
	return &s
}

// ranStep is a run of a step with what became of it.
type ranStep struct {
	run
	End slacktest.Execution
}

// Runs returns the runs of steps, the newest first.
func (v page) Runs() []ranStep {
	v.World.mu.Lock()
	runs := slices.Clone(v.World.runs)
	v.World.mu.Unlock()
	var all []ranStep
	for _, r := range slices.Backward(runs) {
		e, _ := v.World.Slack.Execution(r.ID)
		all = append(all, ranStep{r, e})
	}
	return all
}
