//go:build !race

package processtest

func raceFlag() []string { return nil }
