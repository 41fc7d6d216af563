package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"linqbot/cmd/linqbot/internal/config"
)

// checkSettings tells every mistake in the environment, or how the secrets begin, and what may be wrong.
func (e *checkup) checkSettings(context.Context) (found []finding) {
	for _, mistake := range e.mistakes {
		name, _, _ := strings.Cut(mistake.Error(), " ")
		found = append(found, fail("put "+name+" right, and start linqbot serve again", "%s", mistake)...)
	}
	for _, each := range e.settings.Cautions() {
		found = append(found, warn(each.Fix, "%s", each.Says)...)
	}
	if len(e.mistakes) > 0 {
		return found
	}
	set := 0
	var secrets []string
	for _, v := range config.Variables() {
		value, err := config.ValueOf(e.lookup, v.Name)
		if err != nil || value == "" {
			continue
		}
		set++
		if v.Secret {
			secrets = append(secrets, v.Name+" "+e.mask(value))
		}
	}
	what := "%d variables are set, and all are right; %s"
	if len(found) > 0 {
		what = "%d variables are set, and can be used; %s"
	}
	return append(ok(what, set, strings.Join(secrets, ", ")), found...)
}

// mask shows how secrets begin, and how long they are. The viewer's pages show only the length, since their readers may
// not hold the secrets.
func (e *checkup) mask(secrets string) string {
	const start = 4
	if e.serving != nil {
		return mask(secrets, 0)
	}
	return mask(secrets, start)
}

// mask shows how secrets, which commas separate, begin, and how long they are.
func mask(secrets string, shown int) string {
	const least = 12 // what is shown of a short one would be much of it
	var masked []string
	for secret := range strings.SplitSeq(secrets, ",") {
		secret = strings.TrimSpace(secret)
		start := ""
		if len(secret) >= least {
			start = secret[:shown]
		}
		masked = append(masked, fmt.Sprintf("%s… (%d characters)", start, len(secret)))
	}
	return strings.Join(masked, " and ")
}

// checkNames finds variables that look like ours and are not.
func (e *checkup) checkNames(context.Context) (found []finding) {
	var ours []string
	for _, v := range config.Variables() {
		ours = append(ours, v.Name, v.Name+"_FILE")
	}
	var names []string
	for _, pair := range e.environ {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if meant, alike := meantBy(name, ours); alike {
			fix := "unset it, or leave it if it is for another program"
			if meant != "" {
				fix = "did you mean " + meant + "?"
			}
			found = append(found, warn(fix, "linqbot does not read %s", name)...)
		}
	}
	if len(found) == 0 {
		return ok("none looks like a misspelt one of linqbot's")
	}
	return found
}

// meantBy tells whether a name looks like one of ours without being one, and like which, if that can
// be said. A name with our prefix may be further off: nobody else is likely to read it.
func meantBy(name string, ours []string) (meant string, alike bool) {
	if slices.Contains(ours, name) {
		return "", false
	}
	upper := strings.ToUpper(name)
	prefix, _, _ := strings.Cut(upper, "_")
	prefixed := slices.Contains([]string{"SLACK", "LINQ", "ALLOWED"}, prefix)
	nearest, least := "", len(upper)
	for _, candidate := range ours {
		if prefixed && !strings.HasPrefix(candidate, prefix+"_") {
			continue
		}
		if d := distance(upper, candidate); d < least {
			nearest, least = candidate, d
		}
	}
	if least <= len(nearest)/6 || prefixed && least <= len(nearest)*2/5 {
		return nearest, nearest != ""
	}
	const tellsEnough = 8 // letters: LISTEN_ADDRESS begins with LISTEN_ADDR
	for _, candidate := range ours {
		if len(candidate) >= tellsEnough && strings.HasPrefix(upper, candidate) {
			return candidate, true
		}
	}
	return "", prefixed
}

// distance is how many letters must be inserted, deleted or replaced to make one word of the other
// (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
