package playground

import (
	"linqbot/cmd/linqbot/internal/stage"
	"linqbot/cmd/linqbot/internal/timeline"
	"linqbot/linq/linqtest"
)

// Chats returns those at Linq, as they are now.
func (v page) Chats() []linqtest.Chat { return v.World.Linq.Chats() }

// Active counts who is in a chat.
func (v page) Active(c linqtest.Chat) int {
	n := 0
	for _, p := range c.People {
		if p.Active() {
			n++
		}
	}
	return n
}

// toggle is a switch with its state.
type toggle struct {
	trouble
	On bool
}

// Troubles returns the switches of a side.
func (v page) Troubles(side string) []toggle {
	v.World.mu.Lock()
	defer v.World.mu.Unlock()
	var all []toggle
	for _, t := range troubles() {
		if t.Side == side {
			all = append(all, toggle{t, v.World.trouble[t.Name]})
		}
	}
	return all
}

// setting is a variable of the bot that is on or off.
type setting struct {
	Name, Doc string
	On        bool
}

// Settings returns them.
func (v page) Settings() []setting {
	v.World.mu.Lock()
	defer v.World.mu.Unlock()
	var all []setting
	for _, variable := range booleans() {
		all = append(all, setting{variable.Name, variable.Doc, v.World.settings[variable.Name] == "true"})
	}
	return all
}

// Bot returns what the bot's process does.
func (v page) Bot() stage.State { return v.World.Bot.State() }

// timeLine is what the pane at the bottom shows.
type timeLine struct {
	Requests []timeline.Request
	Lines    []timeline.Line
}

// TimeLine returns the latest requests, and what the chosen one led to.
func (v page) TimeLine() timeLine {
	from := timeline.Source{
		Slack: v.World.Slack, Linq: v.World.Linq, Ledger: v.World.reader(), Log: v.World.Bot.Log, Name: v.names.UserName, Now: v.now,
	}
	requests := from.Requests(v.Place.Request)
	return timeLine{requests, from.Lines(requests)}
}
