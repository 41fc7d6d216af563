// Package config reads linqbot's variables. One row of [Variables] holds everything about a variable: how it is read
// and checked, its default, what is secret about it, whether it can change while linqbot serves, and its
// documentation. Loading, doctor, SIGHUP and the tests of the README go by that table.
//
// It reads the environment through a function, and files that the environment names. It opens no connection, so
// Slack, Linq or a database can still refuse what it accepts.
//
// Begin reading at [Variables], and [Load].
package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/redact"
)

// Settings are what the environment says.
type Settings struct {
	SigningSecrets []string // of Slack; several while one is replaced
	SlackToken     string
	SlackURL       string // ends in a slash
	Teams          []string

	LinqKey     string
	LinqURL     string
	Concurrency int                   // calls of a kind to Linq at a time
	Webhooks    *linq.WebhookVerifier // nil if Linq's webhooks are not taken

	ListenAddr  string
	AdminAddr   string // where metrics are served; "" for nowhere
	DatabaseURL string
	Retention   time.Duration // of ended requests; 0 for good

	Policy          policy.Policy
	Region          string
	FullHandles     bool
	ConfirmRemovals bool // ask before removing
	StepsOff        bool // refuse workflow steps
	StepOffboards   bool // workflows may take people out of every chat
	AllowAdding     bool // people may be added who were not removed before

	Protected rails.Protected // whom nobody removes
	Limits    ledger.Limits   // of removals
	Admins    []string        // who may pause removals

	LogLevel logrus.Level
	LogText  bool

	webhookSecrets []string         // those of Webhooks
	port           string           // some platforms set it; LISTEN_ADDR wins
	given          map[string]given // by name, without those that have their default
	earlier        redact.Secrets   // of settings that were in force before
}

// given is how a variable was given.
type given struct {
	value ledger.Secret
	file  string // "": it was given in the environment
}

// ListenVariable returns the name of the variable that says where to listen.
func (s *Settings) ListenVariable() string {
	if s.port != "" && s.ListenAddr == ":"+s.port {
		return "PORT"
	}
	return "LISTEN_ADDR"
}

// Load reads the environment, and reports every mistake in it at once.
func Load(lookup func(string) string) (Settings, error) {
	return judged(Read(lookup))
}

// Read reads what is right in the environment.
func Read(lookup func(string) string) (Settings, []error) {
	s, mistakes := readVariables(lookup, Variables())
	if lookup("ALLOWED_USERS")+lookup("ALLOWED_USERS_FILE")+lookup("ALLOWED_USERGROUPS")+lookup("ALLOWED_USERGROUPS_FILE") == "" {
		mistakes = append(mistakes, errors.New("ALLOWED_USERS is missing: name the members who may remove people by their ids, or * for everyone in the workspace, or set ALLOWED_USERGROUPS"))
	}
	s.ListenAddr = cmp.Or(s.ListenAddr, ":"+cmp.Or(s.port, "8080"))
	return s, mistakes
}

// LoadOnly reads what a command takes, and nothing else.
func LoadOnly(lookup func(string) string, names ...string) (Settings, error) {
	return judged(readVariables(lookup, slices.DeleteFunc(Variables(), func(v Variable) bool {
		return !slices.Contains(names, v.Name)
	})))
}

func judged(s Settings, mistakes []error) (Settings, error) {
	if len(mistakes) > 0 {
		return Settings{}, fmt.Errorf("the environment is not right:\n  %w", JoinMistakes(mistakes))
	}
	return s, nil
}

func readVariables(lookup func(string) string, wanted []Variable) (s Settings, mistakes []error) {
	for _, v := range wanted {
		value, err := ValueOf(lookup, v.Name)
		switch {
		case err != nil:
			mistakes = append(mistakes, err)
			continue
		case value == "" && v.Required:
			mistakes = append(mistakes, fmt.Errorf("%s is missing: set it, or %s_FILE to the path of a file that holds it", v.Name, v.Name))
			continue
		case value == "" && v.Default == "":
			continue
		case value == "":
			value = v.Default
		default:
			if s.given == nil {
				s.given = make(map[string]given)
			}
			s.given[v.Name] = given{value: ledger.NewSecret(value), file: lookup(v.Name + "_FILE")}
		}
		if err := v.read(&s, value); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s %w", v.Name, err))
		}
	}
	return s, mistakes
}

// JoinMistakes makes one error of several, each on a line of its own.
func JoinMistakes(mistakes []error) error {
	lines := make([]string, len(mistakes))
	for i, mistake := range mistakes {
		lines[i] = mistake.Error()
	}
	return errors.New(strings.Join(lines, "\n  "))
}
