package handle

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// MaskApart masks each of a list of people as [Handle.String] does. Of numbers that would read the same
// it shows as many more digits as tell them apart.
func MaskApart(people []Handle) []string {
	masks := make([]string, len(people))
	same := make(map[string][]int) // by mask, their places
	for i, person := range people {
		masks[i] = person.String()
		same[masks[i]] = append(same[masks[i]], i)
	}
	for mask, places := range same {
		if len(places) < 2 || !strings.HasPrefix(mask, "+") {
			continue
		}
		for shown := shownDigits; ; shown++ {
			told, all := make(map[string]Handle), true
			for _, i := range places {
				longer, more := people[i].showing(shown)
				if other, taken := told[longer]; taken && !other.Is(people[i]) && more {
					all = false
				}
				told[longer], masks[i] = people[i], longer
			}
			if all {
				break
			}
		}
	}
	return masks
}

// showing returns the mask of a number with its last digits, and false once these are all.
func (h Handle) showing(count int) (mask string, more bool) {
	full := h.Full()
	number, err := phonenumbers.Parse(full, "")
	if err != nil || strings.ContainsFunc(full, unicode.IsLetter) {
		return masked, false
	}
	digits := strconv.FormatUint(number.GetNationalNumber(), 10)
	count = min(count, len(digits))
	return "+" + strconv.Itoa(int(number.GetCountryCode())) + " " + masked + " " + masked + " " + digits[len(digits)-count:], count < len(digits)
}

// DigitsApart returns how many of a number's last digits tell the person apart from others. It returns 0 if the digits
// that are always shown are enough. The person may be among others, in any form.
func (h Handle) DigitsApart(others []Handle) (digits int) {
	var near []Handle // each look at them parses their numbers
	full := h.Full()
	for _, other := range others {
		if !endApart(full, other.Full()) {
			near = append(near, other)
		}
	}
	for shown := shownDigits; ; shown++ {
		mine, more := h.showing(shown)
		if mine == masked {
			return 0
		}
		alike := func(other Handle) bool {
			theirs, _ := other.showing(shown)
			return theirs == mine && !h.Names(other, "")
		}
		if !more || !slices.ContainsFunc(near, alike) {
			return digits
		}
		digits = shown + 1
	}
}

// Showing masks a handle as [Handle.String] does, but shows so many of a number's last digits if these are more.
func (h Handle) Showing(digits int) string {
	if digits > shownDigits {
		if mask, _ := h.showing(digits); mask != masked {
			return mask
		}
	}
	return h.String()
}
