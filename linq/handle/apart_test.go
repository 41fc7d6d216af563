package handle

import (
	"fmt"
	"slices"
	"testing"
)

func TestMaskApart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ people, want []string }{
		"none":                              {nil, []string{}},
		"nobody alike":                      {[]string{"+14155550132", "+14155550133"}, []string{"+1 ••• ••• 0132", "+1 ••• ••• 0133"}},
		"two alike":                         {[]string{"+14155550132", "+12025560132"}, []string{"+1 ••• ••• 50132", "+1 ••• ••• 60132"}},
		"two alike for long":                {[]string{"+14155550132", "+14165550132"}, []string{"+1 ••• ••• 55550132", "+1 ••• ••• 65550132"}},
		"three alike":                       {[]string{"+14155550132", "+12025550132", "+12025560132"}, []string{"+1 ••• ••• 55550132", "+1 ••• ••• 25550132", "+1 ••• ••• 25560132"}},
		"the same twice":                    {[]string{"+14155550132", "+14155550132"}, []string{"+1 ••• ••• 0132", "+1 ••• ••• 0132"}},
		"the same twice, and another":       {[]string{"+14155550132", "+14155550132", "+12025560132"}, []string{"+1 ••• ••• 50132", "+1 ••• ••• 50132", "+1 ••• ••• 60132"}},
		"of two countries":                  {[]string{"+14155550132", "+442071230132"}, []string{"+1 ••• ••• 0132", "+44 ••• ••• 0132"}},
		"different only in the first digit": {[]string{"+14155550132", "+12155550132"}, []string{"+1 ••• ••• 4155550132", "+1 ••• ••• 2155550132"}},
		"written in two ways":               {[]string{"+1 415 555 0132", "+14155550132"}, []string{"+1 ••• ••• 4155550132", "+1 ••• ••• 4155550132"}},
		"others":                            {[]string{"12345", "54321", "a@example.com", "ab@example.com"}, []string{"•••", "•••", "a•••@example.com", "a•••@example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var people []Handle
			for _, person := range test.people {
				people = append(people, New(person))
			}
			if got := MaskApart(people); !slices.Equal(got, test.want) {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestDigitsApart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		person string
		others []string
		digits int
		mask   string
	}{
		"nobody else":          {"+14155550132", nil, 0, "+1 ••• ••• 0132"},
		"nobody alike":         {"+14155550132", []string{"+14155550133", "+442071230132"}, 0, "+1 ••• ••• 0132"},
		"somebody alike":       {"+14155550132", []string{"+14155550132", "+12025560132"}, 5, "+1 ••• ••• 50132"},
		"alike for long":       {"+14155550132", []string{"+12025550132"}, 8, "+1 ••• ••• 55550132"},
		"but for the first":    {"+14155550132", []string{"+12155550132"}, 10, "+1 ••• ••• 4155550132"},
		"the same in two ways": {"+525512345678", []string{"+5215512345678", "525512345678"}, 0, "+52 ••• ••• 5678"},
		"an address":           {"ann@example.com", []string{"adam@example.com"}, 0, "a•••@example.com"},
		"a short code":         {"12345", []string{"22345"}, 0, "•••"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var others []Handle
			for _, other := range test.others {
				others = append(others, New(other))
			}
			digits := New(test.person).DigitsApart(others)
			if mask := New(test.person).Showing(digits); digits != test.digits || mask != test.mask {
				t.Errorf("%d: %q", digits, mask)
			}
		})
	}
}

// BenchmarkDigitsApart measures what each reading of a large chat costs.
func BenchmarkDigitsApart(b *testing.B) {
	var others []Handle
	for i := range 200 {
		others = append(others, New(fmt.Sprintf("+1202555%04d", i)))
	}
	person := New("+14155550132")
	b.ReportAllocs()
	for b.Loop() {
		if person.DigitsApart(others) == 0 {
			b.Fatal("one of them has the same last digits")
		}
	}
}
