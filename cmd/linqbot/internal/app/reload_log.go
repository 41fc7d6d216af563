package app

import (
	"strings"

	"github.com/sirupsen/logrus"

	"linqbot/cmd/linqbot/internal/config"
)

// logReread says which settings are in force now, and which cannot be: people who have changed an env file would think
// that theirs are.
func logReread(r config.Rereading, logger logrus.FieldLogger) {
	names := func(list []string) string {
		if len(list) == 0 {
			return "none"
		}
		return strings.Join(list, ", ")
	}
	if len(r.Files) == 0 {
		logger.WithField("variables", names(r.Environment)).Warn(
			"the settings were read again, and nothing can have changed: all were given in the environment; restart linqbot to change them, or give them as NAME_FILE")
		return
	}
	logger.WithFields(logrus.Fields{"read": names(r.Files), "changed": names(r.Changed)}).
		Info("the settings were read again, and are in force")
	if len(r.Environment) == 0 {
		return
	}
	say := logger.WithField("variables", names(r.Environment)).Info
	if len(r.Changed) == 0 { // what was meant to change may be one of these
		say = logger.WithField("variables", names(r.Environment)).Warn
	}
	say("these were given in the environment, and cannot change without a restart")
}

// logCautions says what may be wrong with settings that are in force.
func logCautions(s *config.Settings, logger logrus.FieldLogger) {
	for _, each := range s.Cautions() {
		logger.WithField("fix", each.Fix).Warn(each.Says)
	}
}
