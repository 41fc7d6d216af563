package linq_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
)

// A handle names the one participant that it can mean, and nobody if it can mean two.
func TestNamed(t *testing.T) {
	t.Parallel()
	const now, former, line = "+525512345678", "+5215512345678", "+12025550100"
	in := func(person string) linq.Participant { return linq.Participant{Handle: handle.New(person)} }
	left := func(person string) linq.Participant {
		return linq.Participant{Handle: handle.New(person), Status: linq.StatusLeft}
	}
	for name, test := range map[string]struct {
		people []linq.Participant
		named  string
		want   string // "": nobody
	}{
		"as listed":                     {[]linq.Participant{in(line), in(former), in(now)}, former, former},
		"in another form":               {[]linq.Participant{in(line), in(former)}, now, former},
		"one that left and came back":   {[]linq.Participant{left(former), in(former)}, now, former},
		"one in the chat, one who left": {[]linq.Participant{left("5215512345678"), in(former)}, now, former},
		"as listed, and left; in another form, in the chat": {
			[]linq.Participant{in(line), left(now), in(former)}, now, former,
		},
		"as listed, and left; two others in the chat": {
			[]linq.Participant{left("+22512345678"), in("+225 07 12345678"), in("+2250512345678")}, "+22512345678", "+22512345678",
		},
		"as listed, and left": {[]linq.Participant{in(line), left(former)}, former, former},
		"one who left":        {[]linq.Participant{in(line), left(former)}, now, former},
		"two":                 {[]linq.Participant{in("+225 07 12345678"), in("+2250512345678")}, "+22512345678", ""},
		"nobody":              {[]linq.Participant{in(line)}, now, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := linq.Chat{Handles: test.people}.Named(handle.New(test.named), "US")
			assert.Equal(t, ok, test.want != "")
			assert.Equal(t, got.Handle.Full(), test.want)
			assert.Assert(t, !ok || got.Active() || strings.HasSuffix(name, "left") || strings.HasSuffix(name, "two others in the chat"))
		})
	}
}

// Somebody who is in the chat under several spellings is all of these, but nobody is who may be somebody else.
func TestAllNamed(t *testing.T) {
	t.Parallel()
	const now, former = "+525512345678", "+5215512345678"
	for name, test := range map[string]struct {
		people []string // one in brackets has left
		named  string
		want   []string
	}{
		"in both forms":                     {[]string{now, former, "+12025550132"}, now, []string{now, former}},
		"in both forms, named in a third":   {[]string{former, now}, "525512345678", []string{former, now}},
		"in one form, and left in another":  {[]string{"(" + now + ")", former}, now, []string{former}},
		"listed twice":                      {[]string{"Ann@example.com", "ann@example.com"}, "ann@example.com", []string{"Ann@example.com"}},
		"two people, one as they are named": {[]string{"+2250712345678", "+22512345678", "+2250512345678"}, "+22512345678", []string{"+22512345678"}},
		"two people":                        {[]string{"+2250712345678", "+2250512345678"}, "+22512345678", nil},
		"nobody":                            {[]string{former}, "+12025550132", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var chat linq.Chat
			for _, person := range test.people {
				status := linq.StatusActive
				if person[0] == '(' {
					person, status = person[1:len(person)-1], linq.StatusLeft
				}
				chat.Handles = append(chat.Handles, linq.Participant{Handle: handle.New(person), Status: status})
			}
			var got []string
			for _, p := range chat.AllNamed(handle.New(test.named), "US") {
				got = append(got, p.Handle.Full())
			}
			assert.DeepEqual(t, got, test.want)
		})
	}
}
