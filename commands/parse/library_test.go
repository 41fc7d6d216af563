package parse

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"gotest.tools/v3/assert"
)

// What is read without libphonenumber's parser is what that reads, in each region.
func TestNorthAmericanNumbersAreReadAsTheLibraryDoes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	regions := phonenumbers.GetRegionCodesForCountryCode(1)
	assert.Assert(t, len(regions) > 20)
	taken := 0
	for range 3000 {
		digits := fmt.Sprintf("%d%09d", random.IntN(10), random.IntN(1_000_000_000))[:10-random.IntN(2)*random.IntN(3)]
		region := regions[random.IntN(len(regions))]
		for _, text := range []string{digits, "+1" + digits, "1" + digits} {
			number := northAmerican(text, region)
			if number == nil {
				continue
			}
			taken++
			want, err := phonenumbers.ParseAndKeepRawInput(text, region)
			assert.NilError(t, err)
			assert.Equal(t, phonenumbers.Format(number, phonenumbers.E164), phonenumbers.Format(want, phonenumbers.E164), "%s in %s", text, region)
			assert.Equal(t, number.GetCountryCodeSource(), want.GetCountryCodeSource(), "%s in %s", text, region)
			assert.Equal(t, number.GetItalianLeadingZero(), want.GetItalianLeadingZero())
		}
	}
	assert.Assert(t, taken > 1000)
	assert.Assert(t, northAmerican("4155550132", "DE") == nil)
}

func TestTheRegionOfANumberIsTheLibrarys(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for region := range phonenumbers.GetSupportedRegions() {
		example := phonenumbers.GetExampleNumber(region)
		for i := range 20 {
			text := []byte(phonenumbers.Format(example, phonenumbers.E164))
			if i > 0 {
				text[len(text)-1-random.IntN(6)] = byte('0' + random.IntN(10))
			}
			number, err := phonenumbers.Parse(string(text), "")
			if err != nil {
				continue
			}
			got, unassigned := regionOf(number)
			want := phonenumbers.GetRegionCodeForNumber(number)
			assert.Equal(t, got, want, "%s", text)
			assert.Equal(t, unassigned, !phonenumbers.IsValidNumberForRegion(number, want), "%s", text)
		}
	}
}
