package parse

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// TestEveryRegion reads libphonenumber's example of every region and kind in the ways in which it is
// written there and abroad.
func TestEveryRegion(t *testing.T) {
	kinds := []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE}
	for region := range phonenumbers.GetSupportedRegions() {
		for _, kind := range kinds {
			number := phonenumbers.GetExampleNumberForType(region, kind)
			if number == nil {
				continue
			}
			full := phonenumbers.Format(number, phonenumbers.E164)
			international := phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
			for text, home := range map[string]bool{
				full:          false,
				international: false,
				"00" + strings.TrimPrefix(international, "+"):      false,
				phonenumbers.Format(number, phonenumbers.RFC3966):  false,
				phonenumbers.Format(number, phonenumbers.NATIONAL): true,
			} {
				in := "US"
				if home {
					in = region
				}
				if home && region == "AR" && kind == phonenumbers.MOBILE {
					continue // phonenumbers 1.8.1 writes "09 15-2345-6789", which nobody in Argentina does
				}
				u, err := Handle(text, in)
				if err != nil {
					t.Errorf("%s, %q: %v", region, text, err)
					continue
				}
				if u.Handle.Full() != full || u.Guessed != home || u.Unassigned {
					t.Errorf("%s, %q is read as %s, want %s", region, text, inFull(u), full)
				}
			}
		}
	}
}

// TestAnyDigits reads digits at random in every region: what is understood is what was typed.
func TestAnyDigits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for region := range phonenumbers.GetSupportedRegions() {
		for range 2 {
			digits := make([]byte, 5+random.IntN(12))
			for i := range digits {
				digits[i] = byte('0' + random.IntN(10))
			}
			for _, prefix := range []string{"", "+", "0", "00", "1", "011", "+1", "+44 (0)"} {
				text := prefix + string(digits)
				if u, err := Handle(text, region); err == nil {
					wantSound(t, u, text, region)
				} else {
					_ = wantUsage(t, err, text) // it fails the test itself
				}
			}
		}
	}
}
