// Package build says which build of linqbot this is: its version, and the commit that it was built
// from, as far as either is known. The program reads it once, and hands it to whatever names the build
// to somebody else: the version command, the metrics, the header of an answer, doctor.
//
// Begin reading at [Of].
package build

import (
	"cmp"
	"runtime/debug"
)

// Build is a build of linqbot.
type Build struct {
	Version string
	Commit  string // "" if it is not known
	Changed bool   // the commit does not hold all that it was built from

	// Modules are those that the program was built with; nil if they are not known.
	Modules []*debug.Module
}

// Of returns this build. The build of a release sets the version, and the commit where Go cannot see the repository. A
// commit that Go saw is preferred.
func Of(version, commit string) Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Build{Version: version, Commit: commit}
	}
	b := Build{Version: version, Modules: info.Deps}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.modified":
			b.Changed = setting.Value == "true"
		}
	}
	b.Commit = cmp.Or(b.Commit, commit)
	return b
}

// String tells the build from another one.
func (b Build) String() string {
	name := b.Version
	if b.Commit != "" {
		name += " " + b.Commit
	}
	if b.Changed {
		name += " changed"
	}
	return name
}
