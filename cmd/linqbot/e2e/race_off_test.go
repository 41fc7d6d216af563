//go:build !race

package e2e_test

func raceFlag() []string { return nil }
