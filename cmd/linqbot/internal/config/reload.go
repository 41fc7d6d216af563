package config

// KeepFixed puts back what cannot change while the program runs, and names what would have.
func (s *Settings) KeepFixed(old Settings) (later []string) {
	for _, each := range []struct {
		name string
		same bool
		keep func()
	}{
		{"LISTEN_ADDR", s.ListenAddr == old.ListenAddr, func() { s.ListenAddr = old.ListenAddr }},
		{"PORT", s.port == old.port, func() { s.port = old.port }},
		{"ADMIN_ADDR", s.AdminAddr == old.AdminAddr, func() { s.AdminAddr = old.AdminAddr }},
		{"DATABASE_URL", s.DatabaseURL == old.DatabaseURL, func() { s.DatabaseURL = old.DatabaseURL }},
		{"RETENTION", s.Retention == old.Retention, func() { s.Retention = old.Retention }},
		{"LINQ_CONCURRENCY", s.Concurrency == old.Concurrency, func() { s.Concurrency = old.Concurrency }},
	} {
		if !each.same {
			later = append(later, each.name)
			each.keep()
			if now, ok := s.given[each.name]; ok {
				s.given[each.name] = given{value: old.given[each.name].value, file: now.file}
			}
		}
	}
	return later
}

// Rereading is what came of reading the settings again: the names of variables.
type Rereading struct {
	Files       []string // each with its file
	Changed     []string // of those in files
	Environment []string // given in the environment, which stays what it is while a process runs
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
			if now.value.Reveal() != old.given[v.Name].value.Reveal() {
				r.Changed = append(r.Changed, v.Name)
			}
		}
	}
	return r
}
