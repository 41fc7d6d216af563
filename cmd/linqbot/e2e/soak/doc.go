// Package soak lets replicas of linqbot live through kills, restarts, outages and lost answers, while
// many people ask for removals, and then holds what Slack and Linq saw against the promises in the
// README. It knows the program from outside only.
//
// Begin reading at soak_test.go: traffic_test.go is what people do, trouble_test.go and faults_test.go
// what goes wrong, check_test.go what is judged.
package soak
