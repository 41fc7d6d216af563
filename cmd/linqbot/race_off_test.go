//go:build !race

package main_test

func raceFlag() []string { return nil }
