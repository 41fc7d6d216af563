package e2e_test

import (
	"fmt"

	"linqbot/cmd/linqbot/internal/load"
	"linqbot/linq/linqtest"
)

// crowd is the people whose removal a load asks for. Each is asked for once.
type crowd struct {
	chats int
	asked int
}

const (
	crowdPerChat = 10
	crowdStays   = 3 // more in each chat, since Linq lets no fewer remain
)

func newCrowd(people int) *crowd { return &crowd{chats: people/crowdPerChat + 1} }

// join has Linq know everybody.
func (c *crowd) join(linq *linqtest.Linq) {
	for chat := range c.chats {
		var people []string
		for i := range crowdPerChat {
			people = append(people, crowdPerson(chat+i*c.chats))
		}
		group := linqtest.Group("Crowd", line, append(people, numbers(100, crowdStays)...)...)
		group.ID = crowdChat(chat)
		linq.AddChat(group)
	}
}

// removals are of the next people, one after the other from another chat and asked for in another
// channel, since the bot posts to a channel once a second.
func (c *crowd) removals(count int) []load.Command {
	commands := make([]load.Command, count)
	for i := range commands {
		chat := c.asked % c.chats
		commands[i] = load.Command{ChannelID: fmt.Sprintf("C%06d", chat), Text: crowdChat(chat) + " " + crowdPerson(c.asked)}
		c.asked++
	}
	return commands
}

func crowdChat(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// crowdPerson has one of six million numbers that could be somebody's.
func crowdPerson(n int) string {
	const first, count = 2_000_000, 6_000_000
	return fmt.Sprintf("+1415%07d", first+n%count)
}
