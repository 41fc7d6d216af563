package main

import (
	"strings"

	"github.com/sirupsen/logrus"
)

// log says what is in force now, and what cannot be: somebody who has changed an env file would think
// that it is.
func logReread(r rereading, logger logrus.FieldLogger) {
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

// logCautions says what may be wrong with settings that are in force.
func logCautions(s *settings, logger logrus.FieldLogger) {
	for _, each := range s.cautions() {
		logger.WithField("fix", each.fix).Warn(each.says)
	}
}
