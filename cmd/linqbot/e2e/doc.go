// Package e2e holds the tests that build the real program and run it as a process of its own, against
// a Slack and a Linq on loopback: what people see, kill -9 at any moment, benchmarks. It knows nothing of
// the program's inside. The soak is a package of its own below it.
//
// Begin reading at env_test.go.
package e2e
