package parse

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// northAmerican returns what libphonenumber's parser makes of the ten digits of a North American number, which nothing
// is taken off or put in front of; nil for any other. The parser costs as much as all other reading of a command.
func northAmerican(text, region string) *phonenumbers.PhoneNumber {
	const code, digits = 1, 10
	source := phonenumbers.PhoneNumber_FROM_NUMBER_WITH_PLUS_SIGN
	national, plus := strings.CutPrefix(text, "+1")
	if !plus {
		source = phonenumbers.PhoneNumber_FROM_DEFAULT_COUNTRY
		if phonenumbers.GetCountryCodeForRegion(region) != code {
			return nil
		}
	}
	if len(national) != digits || national[0] < '2' || national[0] > '9' {
		return nil
	}
	value, err := strconv.ParseUint(national, 10, 64)
	if err != nil {
		return nil
	}
	return &phonenumbers.PhoneNumber{CountryCode: new(int32(code)), NationalNumber: &value, CountryCodeSource: &source}
}

// regionOf returns the region of a number, and whether no operator there is known to use it. Of the regions that share
// a country code the library looks at the main one first, and so mostly there need be no second look.
func regionOf(number *phonenumbers.PhoneNumber) (region string, unassigned bool) {
	if main := phonenumbers.GetRegionCodeForCountryCode(int(number.GetCountryCode())); phonenumbers.IsValidNumberForRegion(number, main) {
		return main, false
	}
	region = phonenumbers.GetRegionCodeForNumber(number)
	return region, !phonenumbers.IsValidNumberForRegion(number, region)
}
