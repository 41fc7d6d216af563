package config

// KeepFixed puts back what cannot change while the program runs, and names what would have.
func (s *Settings) KeepFixed(old Settings) (later []string) {
	for _, v := range Variables() {
		if v.keep == nil || v.keep(s, old) {
			continue
		}
		later = append(later, v.Name)
		if now, ok := s.given[v.Name]; ok {
			s.given[v.Name] = given{value: old.given[v.Name].value, file: now.file}
		}
	}
	return later
}

// Rereading is what came of reading the settings again: the names of variables.
type Rereading struct {
	Files       []string // each with its file
	Changed     []string // of those in files
	Environment []string // given in the environment, which cannot change while a process runs
}

// Reread compares settings that are in force with those before.
func (s *Settings) Reread(old Settings) (r Rereading) {
	for _, v := range Variables() {
		now, isGiven := s.given[v.Name]
		switch {
		case !isGiven:
		case now.file == "":
			r.Environment = append(r.Environment, v.Name)
		default:
			r.Files = append(r.Files, v.Name+" from "+now.file)
			if now.value.Value() != old.given[v.Name].value.Value() {
				r.Changed = append(r.Changed, v.Name)
			}
		}
	}
	return r
}
