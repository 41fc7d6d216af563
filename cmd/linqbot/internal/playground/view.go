package playground

import (
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/internal/slackhtml"
)

// place is what one window shows: as whom it acts, and what is open. It is the query of the window's address, so that
// two windows can be two people.
type place struct {
	As      string // user id
	In      string // channel id, or home
	Thread  string // ts
	Step    string // the step of a workflow that is being filled in
	Request string // the id of the one in the time line; "" for the newest
}

const home = "home"

// placeOf reads a query. What it does not name, or names wrongly, is what is there at first.
func (w *world) placeOf(q url.Values) place {
	p := place{As: q.Get("as"), In: q.Get("in"), Thread: q.Get("thread"), Step: q.Get("step"), Request: q.Get("req")}
	if !slices.ContainsFunc(people(), func(known person) bool { return known.ID == p.As }) {
		p.As = dana
	}
	if w.Slack == nil {
		return p
	}
	if _, in := w.channel(p); !in && p.In != home {
		p.In, p.Thread = "", ""
		for _, c := range w.Slack.Channels() {
			if slices.Contains(c.Members, p.As) {
				p.In = c.ID
				break
			}
		}
	}
	return p
}

// channel returns the channel that is open, and whether it is one that the person is in.
func (w *world) channel(p place) (slacktest.Channel, bool) {
	for _, c := range w.Slack.Channels() {
		if c.ID == p.In {
			return c, slices.Contains(c.Members, p.As)
		}
	}
	return slacktest.Channel{}, false
}

// isIn reports whether the person is in the channel that is open.
func (w *world) isIn(p place) bool {
	_, in := w.channel(p)
	return in
}

// Query returns the address of another place: this one with some of it changed, as pairs of names and values.
func (p place) Query(changes ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		q.Del(name)
		if value != "" {
			q.Set(name, value)
		}
	}
	set("as", p.As)
	set("in", p.In)
	set("thread", p.Thread)
	set("step", p.Step)
	set("req", p.Request)
	for i := 0; i+1 < len(changes); i += 2 {
		set(changes[i], changes[i+1])
	}
	return "?" + q.Encode()
}

// pane is a part of the page that is drawn anew when it changes.
type pane struct {
	ID   string        `json:"id"`
	HTML template.HTML `json:"html"`
}

// page is everything that templates see.
type page struct {
	Place   place
	World   *world
	People  []person
	App     manifest
	Real    map[string]string
	names   names
	now     time.Time
	channel slacktest.Channel
}

func (w *world) page(p place) page {
	view := page{Place: p, World: w, People: people(), App: w.app, Real: w.reason, now: time.Now()}
	if w.Slack != nil {
		view.names = namesOf(w.Slack)
		view.channel, _ = w.channel(p)
	}
	return view
}

// renderer draws what the bot says, for the person at this place.
func (v page) renderer() slackhtml.Renderer {
	return slackhtml.Renderer{Names: v.names, Now: v.now, Link: v.link}
}

// link leads to a message of the played Slack within the page.
func (v page) link(target string) string {
	rest, ok := strings.CutPrefix(target, "https://acme.slack.com/archives/")
	if !ok {
		return target
	}
	channel, message, _ := strings.Cut(rest, "/p")
	const micros = 6
	if len(message) <= micros {
		return v.Place.Query("in", channel, "thread", "")
	}
	ts := message[:len(message)-micros] + "." + message[len(message)-micros:]
	for _, m := range v.World.Slack.Messages(channel) {
		if m.TS == ts && m.ThreadTS != "" {
			ts = m.ThreadTS
		}
	}
	return v.Place.Query("in", channel, "thread", ts)
}

// names are those of a workspace at one moment.
type names struct{ users, channels, groups map[string]string }

func namesOf(s *slacktest.Slack) names {
	n := names{map[string]string{}, map[string]string{}, map[string]string{}}
	for _, u := range s.Users() {
		n.users[u.ID] = u.Name
	}
	for _, c := range s.Channels() {
		n.channels[c.ID] = c.Name
	}
	for _, g := range s.Groups() {
		n.groups[g.ID] = g.Handle
	}
	return n
}

func orID(names map[string]string, id string) string {
	if name, ok := names[id]; ok {
		return name
	}
	return id
}

func (n names) UserName(id string) string    { return orID(n.users, id) }
func (n names) ChannelName(id string) string { return orID(n.channels, id) }
func (n names) GroupHandle(id string) string { return orID(n.groups, id) }
