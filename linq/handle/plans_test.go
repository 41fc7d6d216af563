package handle

import (
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

func TestForms(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][]string{
		"+14155550132":   {"+14155550132", "14155550132"},
		"+525512345678":  {"+525512345678", "525512345678", "+5215512345678"},
		"+5215512345678": {"+5215512345678", "5215512345678", "+525512345678"},
		"+2290197123456": {"+2290197123456", "2290197123456", "+22997123456"},
		"+5511987654321": {"+5511987654321", "5511987654321", "+551187654321"},
		"+551187654321":  {"+551187654321", "551187654321", "+5511987654321"},
		"+551134567890":  {"+551134567890", "551134567890"}, // a landline
		"12345":          {"12345"},
		"a@example.com":  {"a@example.com"},
	} {
		var got []string
		for _, form := range New(typed).Forms() {
			got = append(got, form.Full())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", typed, got)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		typed, listed, region string
		want                  bool
	}{
		"Mexico, before":                        {"+525512345678", "+5215512345678", "US", true},
		"Mexico, after":                         {"+5215512345678", "+525512345678", "US", true},
		"Argentina, with 9":                     {"+5491123456789", "+541123456789", "US", true},
		"Argentina, without":                    {"+541123456789", "+5491123456789", "US", true},
		"Benin":                                 {"+2290197123456", "+22997123456", "US", true},
		"Brazil, with 9":                        {"+5511987654321", "+551187654321", "US", true},
		"Brazil, without":                       {"+551187654321", "+5511987654321", "US", true},
		"Brazil, national":                      {"+5511987654321", "11 8765-4321", "BR", true},
		"Brazil, a landline":                    {"+551134567890", "+5511934567890", "US", false},
		"Brazil, another area":                  {"+5521987654321", "+551187654321", "US", false},
		"Ivory Coast":                           {"+2250712345678", "+22512345678", "US", true},
		"Ivory Coast, before":                   {"+22512345678", "+2250712345678", "US", true},
		"Ivory Coast, two operators":            {"+2250712345678", "+2250512345678", "US", false},
		"Ivory Coast, no operator":              {"+2250012345678", "+22512345678", "US", false},
		"another number":                        {"+525512345679", "+5215512345678", "US", false},
		"without a plus":                        {"+14155550132", "14155550132", "US", true},
		"without a plus, of another country":    {"+442071234567", "442071234567", "US", true},
		"as people write it":                    {"+14155550132", "(415) 555-0132", "US", true},
		"as people write it, elsewhere":         {"+14155550132", "(415) 555-0132", "DE", false},
		"of a country that begins like an area": {"+4155550132", "415 555 0132", "US", false},
		"as it was read in the region":          {"+492223334444", "222 333-4444", "DE", true},
		"in other digits":                       {"+14155550132", "+1 ٤١٥٥٥٥٠١٣٢", "US", true},
		"a short code":                          {"12345", "12345", "US", true},
		"the end of a number":                   {"+12025512345", "12345", "US", false},
		"a business":                            {"urn:biz:1f2e", "URN:BIZ:1F2E", "US", true},
		"a business of the same digits":         {"+14155550132", "urn:biz:14155550132", "US", false},
		"an address in ASCII":                   {"ann@bücher.example", "ann@xn--bcher-kva.example", "US", true},
		"an address in capitals":                {"Ann@BÜCHER.example", "ann@XN--bcher-kva.example", "US", true},
		"another address":                       {"bob@bücher.example", "ann@xn--bcher-kva.example", "US", false},
		"nothing":                               {"", "", "US", false},
		"no region":                             {"+14155550132", "4155550132", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := New(test.typed).Names(New(test.listed), test.region); got != test.want {
				t.Errorf("%s and %s: %t", test.typed, test.listed, got)
			}
		})
	}
}

func TestSpellings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ handle, region, want string }{
		{"+14155550132", "US", "+14155550132 14155550132"},
		{"(415) 555-0132", "US", "(415) 555-0132 +14155550132 14155550132"},
		{"14155550132", "US", "14155550132 +14155550132"},
		{"+5215512345678", "US", "+5215512345678 5215512345678 +525512345678"},
		{"+525512345678", "US", "+525512345678 525512345678 +5215512345678"},
		{"ann@example.com", "US", "ann@example.com"},
		{"ann@bücher.example", "US", "ann@bücher.example ann@xn--bcher-kva.example"},
		{"ann@xn--bcher-kva.example", "US", "ann@xn--bcher-kva.example ann@bücher.example"},
		{"12345", "US", "12345"},
	} {
		h := New(tc.handle)
		var all []string
		for _, spelling := range h.Spellings(tc.region) {
			all = append(all, spelling.Full())
		}
		assert.Equal(t, strings.Join(all, " "), tc.want)
	}
}
