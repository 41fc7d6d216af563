package load

import (
	"syscall"
	"time"
)

// sleep wakes more precisely than the runtime's timers, which round up to a millisecond while nothing else happens.
// At 1,000 requests a second that would be most of what is measured.
func sleep(d time.Duration) {
	left := syscall.NsecToTimespec(d.Nanoseconds())
	_ = syscall.Nanosleep(&left, nil) // a caller that wakes too early looks at the clock and sleeps again
}
