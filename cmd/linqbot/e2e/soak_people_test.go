//go:build unix

package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"linqbot/linq/linqtest"
)

// soakPlan is how it is to end for a person whom somebody asks to remove.
type soakPlan string

const (
	leaves soakPlan = "leaves" // in the chat
	absent soakPlan = "absent" // not in the chat, nor ever was
	beyond soakPlan = "beyond" // in a chat that our own line has left, so Linq refuses
	gone   soakPlan = "gone"   // left by themselves before anybody asked
	forged soakPlan = "forged" // named in forged requests only
)

// soakPerson is somebody in a chat, whose last four digits nobody shares.
type soakPerson struct {
	handle string
	chat   string
	plan   soakPlan
	undo   bool // somebody pressed Add back
}

func (p *soakPerson) digits() string { return p.handle[len(p.handle)-4:] }

// typed is the number as people write it.
func (p *soakPerson) typed(style int) string {
	switch style % 3 {
	case 0:
		return "(415) 555-" + p.digits()
	case 1:
		return "415.555." + p.digits()
	default:
		return p.handle
	}
}

// soakPeople hands out people, each once, in chats that are made as they are needed.
type soakPeople struct {
	linq *linqtest.Linq

	mu       sync.Mutex
	last     int // the last four digits of the person made last
	chats    int
	waiting  map[soakPlan][]*soakPerson
	byDigits map[string]*soakPerson
}

func newSoakPeople(linq *linqtest.Linq) *soakPeople {
	return &soakPeople{linq: linq, last: 999, waiting: make(map[soakPlan][]*soakPerson), byDigits: make(map[string]*soakPerson)}
}

const (
	soakChatSize   = 12
	soakLastPerson = 9999
)

// take returns so many people of one chat; fewer when all that there are have been handed out.
func (p *soakPeople) take(plan soakPlan, count int) []*soakPerson {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting[plan]) < count {
		p.waiting[plan] = p.newChat(plan)
	}
	taken := p.waiting[plan][:min(count, len(p.waiting[plan]))]
	p.waiting[plan] = p.waiting[plan][len(taken):]
	return taken
}

func (p *soakPeople) newChat(plan soakPlan) (made []*soakPerson) {
	size := min(soakChatSize, soakLastPerson-p.last)
	if size == 0 {
		return nil
	}
	p.chats++
	name := fmt.Sprintf("Soak %d", p.chats)
	handles := numbers(p.last+1, size)
	p.last += size
	inIt := handles
	if plan == absent {
		inIt = nil
	}
	stay := []string{"stays1@example.com", "stays2@example.com", "stays3@example.com", "stays4@example.com", "stays5@example.com"}
	id := p.linq.AddChat(linqtest.Group(name, line, append(stay, inIt...)...))
	if plan == beyond {
		p.linq.LeaveByThemselves(id, line)
	}
	for _, handle := range handles {
		if plan == gone {
			p.linq.LeaveByThemselves(id, handle)
		}
		person := &soakPerson{handle: handle, chat: id, plan: plan}
		p.byDigits[person.digits()] = person
		made = append(made, person)
	}
	return made
}

// find returns the people whom a message of the bot's names, masked as they are there.
func (p *soakPeople) find(text string) (named []*soakPerson) {
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
func (p *soakPeople) all() (everyone []*soakPerson) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, person := range p.byDigits {
		everyone = append(everyone, person)
	}
	slices.SortFunc(everyone, func(a, b *soakPerson) int { return strings.Compare(a.handle, b.handle) })
	return everyone
}
