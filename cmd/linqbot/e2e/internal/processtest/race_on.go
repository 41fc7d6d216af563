//go:build race

package processtest

// raceFlag lets the program under test find its own races when the tests look for theirs.
func raceFlag() []string { return []string{"-race"} }
