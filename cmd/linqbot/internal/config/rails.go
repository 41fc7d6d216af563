package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"linqbot/commands/parse"
	"linqbot/commands/rails"
	"linqbot/linq/handle"
)

// readProtected takes handles as a command does. Its error quotes none: they are people's numbers.
func readProtected(s *Settings, value string) error {
	entries := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' })
	var people []handle.Handle
	var wrong []string
	for i, entry := range entries {
		if strings.TrimSpace(entry) == "" {
			continue
		}
		understood, err := parse.Handle(entry, s.Region)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("entry %d of %d", i+1, len(entries)))
			continue
		}
		people = append(people, understood.Handle)
	}
	switch {
	case len(wrong) > 0:
		return fmt.Errorf("has what is neither a phone number nor an e-mail address (%s): write each as in a command, such as +14155550132, separated by commas", strings.Join(wrong, ", "))
	case len(people) == 0:
		return errors.New("names nobody: write phone numbers and e-mail addresses, separated by commas, or unset it")
	}
	s.Protected = rails.Protect(people, s.Region)
	return nil
}

func readMostPerHour(s *Settings, value string) error {
	if value == off {
		return nil
	}
	most, ok := wholeNumber(value)
	if !ok {
		return errors.New("must be a whole number from 1, or off for no limit")
	}
	s.Limits.PerHour = most
	return nil
}

func readMostPerDay(s *Settings, value string) error {
	most, ok := wholeNumber(value)
	if !ok {
		return errors.New("must be a whole number from 1; unset it for no limit")
	}
	s.Limits.PerDay = most
	return nil
}

// wholeNumber reads a number from 1 that fits wherever one is counted.
func wholeNumber(value string) (int, bool) {
	number, err := strconv.ParseInt(value, 10, 32)
	return int(number), err == nil && number >= 1
}
