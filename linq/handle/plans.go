package handle

import (
	"slices"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// plan is a change of a country's numbers. Chats keep the form in which a number joined them.
type plan struct {
	region      string
	code        string   // the country code
	area        int      // how many digits both forms begin with
	formerly    string   // the prefix that followed them before the change
	now         []string // the prefixes that follow them since
	significant int      // how many digits both forms end in
	first       string   // which digits the end may begin with; "" for any
	gone        bool     // libphonenumber takes the former form for no number any more
}

// end takes off what numbers of a country begin with: the country code, the area and one of the prefixes.
func (p plan) end(e164 string, prefixes ...string) (area, end string, ok bool) {
	rest, ok := strings.CutPrefix(e164, "+"+p.code)
	if !ok || len(rest) < p.area+p.significant {
		return "", "", false
	}
	area, end = rest[:p.area], rest[len(rest)-p.significant:]
	fits := slices.Contains(prefixes, rest[p.area:len(rest)-p.significant]) && (p.first == "" || strings.Contains(p.first, end[:1]))
	return area, end, fits
}

// plans are those changes after which a number is known by two forms.
//
// Sources: the countries' announcements in https://www.itu.int/oth/T0202.aspx?parent=T0202
func plans() []plan {
	return []plan{
		{region: "MX", code: "52", formerly: "1", now: []string{""}, significant: 10, gone: true},            // 2019: mobiles lost their 1
		{region: "AR", code: "54", formerly: "", now: []string{"9"}, significant: 10},                        // mobiles have a 9 from abroad alone
		{region: "BR", code: "55", area: 2, formerly: "", now: []string{"9"}, significant: 8, first: "6789"}, // 2016: mobiles got a 9
		{region: "BJ", code: "229", formerly: "", now: []string{"01"}, significant: 8},                       // 2024
		{region: "CI", code: "225", formerly: "", now: ivoryCoastPrefixes(), significant: 8, gone: true},     // 2021: by operator
	}
}

func ivoryCoastPrefixes() []string { return []string{"01", "05", "07", "21", "25", "27"} }

// formerForm returns the form that a number had before its country's numbers changed, and else "".
func formerForm(e164 string) string {
	for _, p := range plans() {
		if area, end, ok := p.end(e164, p.now...); ok {
			return "+" + p.code + area + p.formerly + end
		}
	}
	return ""
}

// FormerRegion returns the region in which a number has the form of a former plan that libphonenumber
// takes for no number any more, and else "".
func FormerRegion(e164 string) string {
	for _, p := range plans() {
		if _, _, ok := p.end(e164, p.formerly); ok && p.gone {
			return p.region
		}
	}
	return ""
}

// Names reports whether both handles may be those of one person, however each is written. A number may have the
// form that its country uses today, or an earlier one. A number without a country code is read in the region.
// One handle may name several people of a chat; who is taken then is up to the caller.
func (h Handle) Names(other Handle, region string) bool {
	if h.IsZero() || other.IsZero() {
		return false
	}
	if h.Is(other) {
		return true
	}
	if h.IsEmail() || other.IsEmail() || endApart(h.Full(), other.Full()) {
		return false
	}
	for _, a := range h.readings(region) {
		for _, b := range other.readings(region) {
			if a == b || formerForm(a) == b || formerForm(b) == a {
				return true
			}
		}
	}
	return false
}

// endApart reports whether two handles, as they are written, are surely those of two people: all forms of a number have
// the same end. So comparing hundreds of people with thousands of chats need not parse each number.
func endApart(one, other string) bool {
	a, knowA := lastDigits(one)
	b, knowB := lastDigits(other)
	return knowA && knowB && a != b
}

// lastDigits returns the last four digits of a number as it is written; false if it has fewer, or has letters, which
// may stand for digits or begin an extension.
func lastDigits(text string) (last [4]byte, ok bool) {
	left := len(last)
	for i := len(text) - 1; i >= 0; i-- {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			if left > 0 {
				left--
				last[left] = c
			}
		case strings.IndexByte("+ ()-.", c) < 0:
			return last, false
		}
	}
	return last, left == 0
}

// Forms returns the handle in all forms under which chats may list it: today's, those of before, and as
// digits alone. An address or a short code has one.
func (h Handle) Forms() []Handle {
	e164 := h.E164()
	if e164 == "" {
		return []Handle{h}
	}
	forms := []Handle{h, New(strings.TrimPrefix(e164, "+"))}
	if former := formerForm(e164); former != "" {
		forms = append(forms, New(former))
	}
	for _, p := range plans() {
		area, end, ok := p.end(e164, p.formerly)
		if !ok {
			continue
		}
		for _, now := range p.now {
			forms = append(forms, New("+"+p.code+area+now+end))
		}
	}
	return forms
}

// Spellings returns the handle and all others that may name the same person, see [Handle.Names], as they are written with
// a country code or as digits alone, and of an address both spellings of its domain.
func (h Handle) Spellings(region string) []Handle {
	all := append([]Handle{h}, otherDomains(h)...)
	for _, reading := range h.readings(region) {
		for _, form := range New(reading).Forms() {
			if !slices.ContainsFunc(all, form.Is) {
				all = append(all, form)
			}
		}
	}
	return all
}

// readings returns the numbers in E.164 that it may be: as people of the region read it, and where that
// is no number in use, with its country code. An address has none.
func (h Handle) readings(region string) (all []string) {
	full := h.Full()
	if h.IsEmail() || strings.ContainsFunc(full, unicode.IsLetter) {
		return nil
	}
	if e164 := h.E164(); e164 != "" {
		return []string{e164}
	}
	if number, err := phonenumbers.Parse(full, region); err == nil && phonenumbers.IsPossibleNumber(number) {
		all = append(all, phonenumbers.Format(number, phonenumbers.E164))
		if phonenumbers.IsValidNumber(number) {
			return all
		}
	}
	if number, err := phonenumbers.Parse("+"+full, ""); err == nil && phonenumbers.IsValidNumber(number) {
		all = append(all, phonenumbers.Format(number, phonenumbers.E164))
	}
	return all
}
