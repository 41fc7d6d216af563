package main

import (
	"strings"

	"github.com/sirupsen/logrus"
)

// rereading is what came of reading the settings again: the names of variables.
type rereading struct {
	files       []string // each with its file
	changed     []string // of those in files
	environment []string // given in the environment, which stays what it is while a process runs
}

// reread compares settings that are in force with those before.
func (s *settings) reread(old settings) (r rereading) {
	for _, v := range variables() {
		now, isGiven := s.given[v.name]
		switch {
		case !isGiven:
		case now.file == "":
			r.environment = append(r.environment, v.name)
		default:
			r.files = append(r.files, v.name+" from "+now.file)
			if now.value.Reveal() != old.given[v.name].value.Reveal() {
				r.changed = append(r.changed, v.name)
			}
		}
	}
	return r
}

// log says what is in force now, and what cannot be: somebody who has changed an env file would think
// that it is.
func (r rereading) log(logger logrus.FieldLogger) {
	names := func(list []string) string {
		if len(list) == 0 {
			return "none"
		}
		return strings.Join(list, ", ")
	}
	if len(r.files) == 0 {
		logger.WithField("variables", names(r.environment)).Warn(
			"the settings were read again, and nothing can have changed: all were given in the environment; restart linqbot to change them, or give them as NAME_FILE")
		return
	}
	logger.WithFields(logrus.Fields{"read": names(r.files), "changed": names(r.changed)}).
		Info("the settings were read again, and are in force")
	if len(r.environment) == 0 {
		return
	}
	say := logger.WithField("variables", names(r.environment)).Info
	if len(r.changed) == 0 { // what was meant to change may be one of these
		say = logger.WithField("variables", names(r.environment)).Warn
	}
	say("these were given in the environment, and cannot change without a restart")
}
