//go:build unix

package soak_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"linqbot/linq/linqtest"
)

// scenario is how it is to end for a person whom somebody asks to remove.
type scenario string

const (
	leaves     scenario = "leaves"       // in the chat
	absent     scenario = "absent"       // not in the chat, nor ever was
	outOfReach scenario = "out of reach" // in a chat that our own line has left, so Linq refuses
	gone       scenario = "gone"         // left by themselves before anybody asked
	forged     scenario = "forged"       // named in forged requests only
)

// person is somebody in a chat, whose last four digits nobody shares.
type person struct {
	handle string
	chat   string
	plan   scenario
	undo   bool // somebody pressed Add back
}

func (p *person) digits() string { return p.handle[len(p.handle)-4:] }

// typed is the number as people write it.
func (p *person) typed(style int) string {
	switch style % 3 {
	case 0:
		return "(415) 555-" + p.digits()
	case 1:
		return "415.555." + p.digits()
	default:
		return p.handle
	}
}

// population hands out people, each once, in chats that are made as they are needed.
type population struct {
	linq *linqtest.Linq

	mu       sync.Mutex
	last     int // the last four digits of the person made last
	chats    int
	waiting  map[scenario][]*person
	byDigits map[string]*person
}

func newPopulation(linq *linqtest.Linq) *population {
	return &population{linq: linq, last: 999, waiting: make(map[scenario][]*person), byDigits: make(map[string]*person)}
}

const ownLine = "+14155550100"

const (
	chatSize   = 12
	lastPerson = 9999
)

// take returns so many people of one chat; fewer when all that there are have been handed out.
func (p *population) take(plan scenario, count int) []*person {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting[plan]) < count {
		p.waiting[plan] = p.newChat(plan)
	}
	taken := p.waiting[plan][:min(count, len(p.waiting[plan]))]
	p.waiting[plan] = p.waiting[plan][len(taken):]
	return taken
}

func (p *population) newChat(plan scenario) (made []*person) {
	size := min(chatSize, lastPerson-p.last)
	if size == 0 {
		return nil
	}
	p.chats++
	name := fmt.Sprintf("Soak %d", p.chats)
	handles := make([]string, size)
	for i := range handles {
		handles[i] = fmt.Sprintf("+1415555%04d", p.last+1+i)
	}
	p.last += size
	inIt := handles
	if plan == absent {
		inIt = nil
	}
	stay := []string{"stays1@example.com", "stays2@example.com", "stays3@example.com", "stays4@example.com", "stays5@example.com"}
	id := p.linq.AddChat(linqtest.Group(name, ownLine, append(stay, inIt...)...))
	if plan == outOfReach {
		p.linq.LeaveByThemselves(id, ownLine)
	}
	for _, handle := range handles {
		if plan == gone {
			p.linq.LeaveByThemselves(id, handle)
		}
		person := &person{handle: handle, chat: id, plan: plan}
		p.byDigits[person.digits()] = person
		made = append(made, person)
	}
	return made
}

// find returns the people whom a message of the bot's names, masked as they are there.
func (p *population) find(text string) (named []*person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	const mask = "+1 ••• ••• "
	for _, part := range strings.Split(text, mask)[1:] {
		if person := p.byDigits[part[:min(4, len(part))]]; person != nil && !slices.Contains(named, person) {
			named = append(named, person)
		}
	}
	return named
}

// all returns everyone there is.
func (p *population) all() (everyone []*person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, person := range p.byDigits {
		everyone = append(everyone, person)
	}
	slices.SortFunc(everyone, func(a, b *person) int { return strings.Compare(a.handle, b.handle) })
	return everyone
}
