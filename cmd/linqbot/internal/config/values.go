package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"
	"github.com/sirupsen/logrus"

	"linqbot/commands/policy"
	"linqbot/ledger/database"
	"linqbot/linq"
	"linqbot/linq/loopback"
)

// baseURL takes an address of an API. A token never travels in the clear, except on this machine.
func baseURL(value string) (string, error) {
	parsed, err := url.Parse(value)
	if err != nil || parsed.Host == "" || parsed.RawQuery != "" || parsed.Fragment != "" || parsed.User != nil {
		return "", errors.New("is no base URL: write https://host/path/")
	}
	if parsed.Scheme != "https" && (parsed.Scheme != "http" || !loopback.Is(parsed.Hostname())) {
		return "", errors.New("must be an https URL: http is for addresses of this machine only")
	}
	return strings.TrimSuffix(value, "/") + "/", nil
}

func readSlackURL(s *Settings, value string) (err error) {
	s.SlackURL, err = baseURL(value)
	return err
}

func readLinqURL(s *Settings, value string) error {
	s.LinqURL = value
	return wrong(linq.CheckBaseURL(value))
}

func readDatabaseURL(s *Settings, value string) error {
	s.DatabaseURL = value
	return database.CheckURL(value)
}

func readListenAddr(s *Settings, value string) error {
	s.ListenAddr = value
	if !isAddress(value) {
		return errors.New("is no address to listen at; write host:port, or :8080 for all addresses")
	}
	return nil
}

// isAddress reports whether something can listen there, as far as the spelling goes. Port 0 is any that is free.
func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func readPort(s *Settings, value string) error {
	s.port = value
	if number, err := strconv.ParseUint(value, 10, 16); err != nil || number == 0 {
		return errors.New("is no port: write a number from 1 to 65535, or set LISTEN_ADDR")
	}
	return nil
}

func readAdminAddr(s *Settings, value string) error {
	if value == off {
		return nil
	}
	s.AdminAddr = value
	if !isAddress(value) {
		return errors.New("is no address to serve metrics at; write host:port, such as 127.0.0.1:9090, or off")
	}
	return nil
}

func readConcurrency(s *Settings, value string) error {
	const most = 100
	number, err := strconv.Atoi(value)
	if err != nil || number < 1 || number > most {
		return fmt.Errorf("must be a whole number from 1 to %d", most)
	}
	s.Concurrency = number
	return nil
}

// off is what a variable holds that switches something off.
const off = "off"

// readRetention takes whole days: what is kept for less than a day cannot be told from a mistake.
func readRetention(s *Settings, value string) error {
	if value == off {
		return nil
	}
	days, err := strconv.ParseUint(strings.TrimSuffix(value, "d"), 10, 16)
	if err != nil || days == 0 || !strings.HasSuffix(value, "d") {
		return errors.New("is no number of days: write for how long records are kept after their end, such as 400d, or off to keep them for good")
	}
	s.Retention = time.Duration(days) * 24 * time.Hour
	return nil
}

func readRegion(s *Settings, value string) error {
	s.Region = strings.ToUpper(value)
	if phonenumbers.GetCountryCodeForRegion(s.Region) == 0 {
		return errors.New("is no region: write the two letters of a country, such as US or GB")
	}
	return nil
}

// everyone is what stands alone in ALLOWED_USERS to let everyone in.
const everyone = "*"

func readUsers(s *Settings, value string) error {
	ids := policy.ParseIDs(value)
	if slices.Contains(ids, everyone) {
		if len(ids) > 1 {
			return errors.New("has a * among ids: * stands alone, since it lets in everyone in the workspace; take it out, or take out the ids")
		}
		s.Policy.Everyone = true
		return nil
	}
	var err error
	s.Policy.Users, err = readIDs(value, "member ids such as U0123ABCD, or * for everyone in the workspace")
	return err
}

// readIDs takes only ids, since people can change their names.
func readIDs(value, what string) ([]string, error) {
	ids := policy.ParseIDs(value)
	pattern := regexp.MustCompile(`^[A-Z][A-Z0-9]+$`)
	for _, id := range ids {
		switch {
		case pattern.MatchString(id):
		case pattern.MatchString(strings.ToUpper(id)):
			return nil, fmt.Errorf("has %q, and ids are in capitals: write %s, separated by commas", id, what)
		default:
			return nil, fmt.Errorf("has %q, which is no id: write %s, separated by commas", id, what)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("names nobody: write %s, separated by commas", what)
	}
	return ids, nil
}

func readLogLevel(s *Settings, value string) error {
	choose := func(level logrus.Level) func() { return func() { s.LogLevel = level } }
	return oneOf(value, map[string]func(){
		"error": choose(logrus.ErrorLevel), "warn": choose(logrus.WarnLevel),
		"info": choose(logrus.InfoLevel), "debug": choose(logrus.DebugLevel),
	})
}

// ids reads ids into a list of the settings.
func ids(list func(*Settings) *[]string, what string) func(*Settings, string) error {
	return func(s *Settings, value string) (err error) {
		*list(s), err = readIDs(value, what)
		return err
	}
}

// choice reads one of two words: the first leaves a switch as it is, the second turns it on.
func choice(without, with string, on func(*Settings) *bool) func(*Settings, string) error {
	return func(s *Settings, value string) error {
		return oneOf(value, map[string]func(){without: func() {}, with: func() { *on(s) = true }})
	}
}

func oneOf(value string, choices map[string]func()) error {
	choose, ok := choices[value]
	if !ok {
		return fmt.Errorf("must be one of: %s", strings.Join(slices.Sorted(maps.Keys(choices)), ", "))
	}
	choose()
	return nil
}

// wrong makes the rest of a sentence that begins with the variable's name.
func wrong(reason error) error {
	if reason == nil {
		return nil
	}
	return fmt.Errorf("is not right: %w", reason)
}
