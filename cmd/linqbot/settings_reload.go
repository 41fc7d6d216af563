package main

// keepFixed puts back what cannot change while the program runs, and names what would have.
func (s *settings) keepFixed(old settings) (later []string) {
	for _, each := range []struct {
		name string
		same bool
		keep func()
	}{
		{"LISTEN_ADDR", s.listenAddr == old.listenAddr, func() { s.listenAddr = old.listenAddr }},
		{"PORT", s.port == old.port, func() { s.port = old.port }},
		{"ADMIN_ADDR", s.adminAddr == old.adminAddr, func() { s.adminAddr = old.adminAddr }},
		{"DATABASE_URL", s.databaseURL == old.databaseURL, func() { s.databaseURL = old.databaseURL }},
		{"RETENTION", s.retention == old.retention, func() { s.retention = old.retention }},
		{"LINQ_CONCURRENCY", s.linqAtOnce == old.linqAtOnce, func() { s.linqAtOnce = old.linqAtOnce }},
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
