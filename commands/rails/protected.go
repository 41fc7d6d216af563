package rails

import (
	"slices"
	"strings"

	"linqbot/linq/handle"
)

// Protected are people whom nobody removes. The zero value protects nobody. It does not print them.
type Protected struct {
	// people is a function so that fmt prints an address, whatever the verb. It is nil if there are none.
	people func() *people
}

type people struct {
	all    []handle.Handle
	forms  map[handle.Handle]bool // in all forms under which chats may list them
	region string
}

// Protect protects people. Numbers that a chat lists without a country code are read in the region.
func Protect(all []handle.Handle, region string) Protected {
	if len(all) == 0 {
		return Protected{}
	}
	p := &people{all: all, forms: make(map[handle.Handle]bool), region: region}
	for _, person := range all {
		for _, form := range person.Forms() {
			p.forms[keyOf(form)] = true
		}
	}
	return Protected{people: func() *people { return p }}
}

// Has reports whether one of several spellings of a handle belongs to a protected person, however it is written. In
// doubt it protects.
func (p Protected) Has(spellings ...handle.Handle) bool {
	return p.people != nil && slices.ContainsFunc(spellings, p.people().has)
}

func (p *people) has(person handle.Handle) bool {
	if person.IsZero() {
		return false
	}
	for _, form := range person.Forms() {
		if p.forms[keyOf(form)] {
			return true
		}
	}
	if person.E164() != "" { // which has one spelling, and it is none of theirs
		return false
	}
	return slices.ContainsFunc(p.all, func(each handle.Handle) bool {
		return each.Names(person, p.region) || each.Matches(person)
	})
}

// keyOf is the same for all spellings of a number with its country code, and of an address up to its case.
func keyOf(h handle.Handle) handle.Handle {
	if e164 := h.E164(); e164 != "" {
		return handle.New(e164)
	}
	return handle.New(strings.ToLower(h.Full()))
}

// All returns the protected people, each of whom masks themselves.
func (p Protected) All() []handle.Handle {
	if p.people == nil {
		return nil
	}
	return slices.Clone(p.people().all)
}
