package blockkit

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"linqbot/commands"
	"linqbot/commands/batch"
	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// callbackHome names the view, typeHome its kind: a press in it says where it was.
const (
	callbackHome = "home"
	TypeHome     = "home"
)

// Home is what a person's home shows.
type Home struct {
	Now    time.Time
	Note   richtext.Text   // the answer to what they pressed
	Denied richtext.Text   // why they get no form from here
	Closed bool            // they may do nothing at all, so nothing was read for them
	Undo   bool            // they may take removals back
	Recent []ledger.Recent // what they asked for, the newest first
	More   bool            // they asked for more than that

	Batches []ledger.RecentBatch // their batches, the newest first

	Unread bool            // what they asked for is not known
	Paused []richtext.Text // that removals are paused; nothing if they are not
	Admin  bool            // they may pause and resume removals
}

// Home builds the view. It stays far below Slack's limit of 100 blocks: two for each request, and
// thirty at the most for everything else.
func (r Renderer) Home(e outcome.Explainer, h Home) slack.HomeTabViewRequest {
	blocks := r.switchBlocks(h)
	if len(h.Denied) > 0 {
		blocks = append(blocks, r.section(h.Denied))
	} else {
		blocks = append(blocks, buttons(richtext.Button("Remove someone…", commands.ActionPick, "")))
	}
	if !h.Closed {
		blocks = append(blocks, slack.NewHeaderBlock(plain("Your requests")))
	}
	if len(h.Note) > 0 { // near the buttons that it answers for
		blocks = append(blocks, r.section(h.Note))
	}
	switch {
	case h.Closed:
	case h.Unread:
		blocks = append(blocks, r.section(richtext.Say(
			"%s linqbot cannot read its ledger, so your requests are not shown. Open this again in a minute; if it stays like this, tell someone who runs linqbot.",
			string(richtext.MarkNeedsPerson))))
	case len(h.Recent)+len(h.Batches) == 0:
		blocks = append(blocks, r.section(richtext.Say("linqbot has no requests of yours on record here.")))
	}
	for _, b := range h.Batches {
		blocks = append(blocks, r.recentBatch(e, b, h.Now)...)
	}
	e = e.Among(requestsOf(h.Recent))
	for _, request := range h.Recent {
		blocks = append(blocks, r.recent(e, request, h)...)
	}
	if h.More {
		blocks = append(blocks, r.contextLine(richtext.Say("Earlier requests are not listed here.")))
	}
	blocks = append(blocks, slack.NewDividerBlock(), slack.NewHeaderBlock(plain("What linqbot can do")))
	blocks = append(blocks, r.Answer(commands.ShortHelp()).Blocks...)
	return slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, CallbackID: callbackHome, Blocks: slack.Blocks{BlockSet: blocks},
	}
}

func requestsOf(recent []ledger.Recent) []ledger.Request {
	requests := make([]ledger.Request, len(recent))
	for i, r := range recent {
		requests[i] = r.Request
	}
	return requests
}

// recent renders one request: what happened, and below it where and when. In a thread a sentence need
// not name the person and the chat. Here the line below adds them.
func (r Renderer) recent(e outcome.Explainer, request ledger.Recent, h Home) []slack.Block {
	status := e.Explain(request.Request)
	text := cut(r.mrkdwn(richtext.Say("%s %s", string(status.Mark), status.Happened)), longestSection)
	section := slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, true), nil, nil)
	if h.Undo && outcome.OffersUndo(request.Request, h.Now) {
		section.Accessory = slack.NewAccessory(button(undoButton(request.Request)))
	}
	var about []richtext.Text
	if !isAbout(status.Happened, e.Who(request.Request), e.Chat(request.Request).Value) {
		about = append(about, subjectOf(e, request.Request))
	}
	about = append(about, richtext.Say("%s", richtext.Moment(lastNews(request.Request))))
	if request.Thread.Route == ledger.InThread && request.Thread.TS != "" {
		about = append(about, richtext.Say("%s", richtext.Message(request.Thread.ChannelID, request.Thread.TS, "Thread")))
	}
	if request.Because != "" {
		about = append(about, e.Because(request.Because))
	}
	return []slack.Block{section, r.contextLine(append(about, richtext.Say("Request %s", richtext.ID(request.ShortID())))...)}
}

// recentBatch renders one batch: what its message in the channel says, and below it where and when.
func (r Renderer) recentBatch(e outcome.Explainer, b ledger.RecentBatch, now time.Time) []slack.Block {
	blocks := []slack.Block{r.section(batch.Headline(e, b.Batch, b.First, b.Progress))}
	if b.Open() {
		blocks = append(blocks, r.section(richtext.Say("%s  %s", bar(b.Progress), batch.ProgressLine(b.Batch, b.Progress, now))))
	}
	about := []richtext.Text{richtext.Say("%s", richtext.Moment(b.AcceptedAt))}
	if b.Thread.Route == ledger.InThread && b.Thread.TS != "" {
		about = append(about, richtext.Say("%s", richtext.Message(b.Thread.ChannelID, b.Thread.TS, "Thread")))
	}
	return append(blocks, r.contextLine(append(about, richtext.Say("Batch %s", richtext.ID(b.ShortID())))...))
}

// subjectOf names whom a request is about, and which chat.
func subjectOf(e outcome.Explainer, request ledger.Request) richtext.Text {
	if request.Kind == ledger.Add {
		back := ""
		if request.Undoes != "" {
			back = " back"
		}
		return richtext.Say("Adding %s%s to %s", e.Who(request), back, e.Chat(request))
	}
	return richtext.Say("Removing %s from %s", e.Who(request), e.Chat(request))
}

// isAbout reports whether a sentence names both the person and the chat.
func isAbout(sentence richtext.Text, who, chat string) bool {
	words := sentence.String()
	return strings.Contains(words, who) && strings.Contains(words, chat)
}
