package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// What people see while something is wrong, or waits for them. The parts leave everything as it was.
func TestPlaygroundInTrouble(t *testing.T) {
	t.Parallel()
	newPlayground(t).parts(
		t,
		part{"killed while it removes", killWhileRemoving},
		part{"offboarding", offboard},
		part{"confirm", confirm},
	)
}

func killWhileRemoving(t *testing.T, g playground) {
	p := g.open(t, "in=C0LAUNCH", "theme=light")
	p.clicks("#trouble [role=switch]", "says 500 to removals")
	p.sees("#trouble [aria-checked=true]", "says 500 to removals")
	p.clicks("#say", "Message #launch")
	p.presses("/linq-remove " + springLaunch + " +14155550143" + kb.Enter)
	p.sees("#timeline .events", "DELETE → 500")
	p.clicks("#trouble button", "kill -9")
	p.sees("#trouble .state", "stopped")
	p.sees("#notice", "linqbot was killed")
	p.picture("killed")
	p.accessible("killed")
	p.clicks("#say", "Message #launch")
	p.presses("/linq-chats" + kb.Enter)
	p.sees("#main .private", "dispatch_failed")
	p.clicks("#trouble [role=switch]", "says 500 to removals")
	p.clicks("#trouble button", "Start it")
	p.sees("#trouble .state", "running")
	p.sees("#main .message", "0143 has left Spring launch")
	p.sees("#linq .who", "+14155550143 was removed")
	p.picture("started again")
}

func offboard(t *testing.T, g playground) {
	p := g.open(t, "in=C0SUPPORT", "theme=light")
	p.clicks("#say", "Message #support")
	p.presses("/linq-offboard (415) 555-0132" + kb.Enter)
	p.sees("#main .private", "Likely to be refused: 1 removal from SMS groups")
	p.picture("offboarding proposed")
	p.accessible("offboarding proposed")
	p.clicks("#trouble [role=switch]", "says 500 to removals")
	p.sees("#trouble [aria-checked=true]", "says 500 to removals")
	p.clicks("#main .private button", "Remove from 3 chats")
	p.sees("#main .message", "░")
	p.clicks("#main button", "Pause")
	p.sees("#main button", "Resume")
	p.lacks("#timeline .events", "commits request") // that was before
	p.picture("offboarding paused")
	p.accessible("offboarding paused")
	p.clicks("#trouble [role=switch]", "says 500 to removals")
	p.sees("#trouble [aria-checked=false]", "says 500 to removals")
	p.clicks("#main button", "Resume")
	p.sees("#main .message", "It has ended: 2 removed, 1 refused")
	p.picture("offboarding ended")
}

func confirm(t *testing.T, g playground) {
	p := g.open(t, "in=C0LAUNCH", "theme=light")
	p.clicks("#settings summary", "Settings of linqbot")
	p.clicks("#settings [role=switch]", "CONFIRM_REMOVALS")
	p.sees("#notice", "CONFIRM_REMOVALS=true")
	p.clicks("#say", "Message #launch")
	p.presses("/linq-remove " + springLaunch + " sam@example.com" + kb.Enter)
	p.sees("#main .private", "Nothing is removed unless you choose Remove")
	p.picture("confirm")
	p.accessible("confirm")
	p.clicks("#main .private button", "Cancel")
	p.lacks("#main .private button", "Remove")
	p.sees("#linq .who", "sam@example.com leaves")
	p.clicks("#say", "Message #launch")
	p.presses("/linq-remove " + springLaunch + " sam@example.com" + kb.Enter)
	p.clicks("#main .private button", "Remove")
	p.sees("#main .message", "example.com has left Spring launch")
	p.clicks("#settings [role=switch]", "CONFIRM_REMOVALS")
	p.sees("#notice", "CONFIRM_REMOVALS=false")
}
