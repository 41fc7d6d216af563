package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Chats of the playground.
const (
	springLaunch  = "5f0c7a52-6d1e-4b7e-9a53-0c2f6f2b1d01"
	autumnRetreat = "7b1d93e4-2c55-4f0a-8f7e-55d0a6c4e202"
)

// What people do in the playground while nothing is wrong.
func TestPlayground(t *testing.T) {
	t.Parallel()
	newPlayground(t).parts(t,
		part{"remove by keyboard", removeByKeyboard},
		part{"mistakes", explainMistakes},
		part{"form by keyboard", fillFormByKeyboard},
		part{"people who may not", refusePeople},
		part{"workflow step", runStep},
		part{"dark and narrow", darkAndNarrow},
	)
}

func removeByKeyboard(t *testing.T, g playground) {
	p := g.open(t, "in=C0LAUNCH", "theme=light")
	p.tabsTo(".skip", "Skip to the message field")
	p.presses(kb.Enter)
	p.focused("#say", "Message #launch")
	p.presses("/linq-rem")
	p.sees("#commands [role=option]", "/linq-remove")
	p.picture("commands")
	p.accessible("commands")
	p.presses(kb.Tab + springLaunch + " (415) 555-0132" + kb.Enter)
	p.sees("#main .message", "0132 has left Spring launch")
	p.sees("#linq .who", "+14155550132 was removed")
	p.sees("#timeline .events", "signed webhook: participant.removed")
	p.focused("#say", "Message #launch")

	p.sees("#main a", "1 reply")
	p.tabsTo("#main a", "1 reply", kb.ModifierShift)
	p.presses(kb.Enter)
	p.sees("#thread .message", "0132 has left Spring launch")
	p.sees("#thread button", "Add back")
	p.tabsTo("#thread button", "Add back")
	p.picture("removed")
	p.accessible("removed")
	p.presses(kb.Enter)
	p.sees("#thread .message", "0132 is back in Spring launch")
	p.sees("#linq .who", "+14155550132 leaves")
	p.picture("added back")
	p.tabsTo("#thread a", "Close the thread", kb.ModifierShift)
	p.presses(kb.Enter)
	p.lacks("#thread h2", "Thread")
	p.focused("#say", "Message #launch")
}

func explainMistakes(t *testing.T, g playground) {
	p := g.open(t, "in=C0SUPPORT")
	p.clicks("#say", "Message #support")
	p.presses("/linq-remove " + springLaunch + " 555-0132" + kb.Enter)
	p.sees("#main .private", "555-0132")
	p.presses("/linq-remove " + springLaunch + " +1 212 555 0199" + kb.Enter)
	p.sees("#main .message", "0199 from Spring launch was refused")
	p.picture("mistakes")
}

func fillFormByKeyboard(t *testing.T, g playground) {
	p := g.open(t, "in=C0LAUNCH", "theme=light")
	p.tabsTo("#composer button", "Remove from a Linq chat")
	p.presses(kb.Enter)
	p.focused("dialog [role=combobox]", "")
	p.sees("dialog [role=option]", "Spring launch")
	p.accessible("form")
	p.presses(kb.Escape) // closes the list
	p.lacks("dialog [role=listbox]", "")
	p.presses(kb.Escape)
	p.lacks("dialog", "")
	p.focused("#composer button", "Remove from a Linq chat")

	p.presses(kb.Enter)
	p.focused("dialog [role=combobox]", "")
	p.presses("autumn")
	p.lacks("dialog [role=option]", "Spring launch")
	p.sees("dialog [role=option]", "Autumn retreat")
	p.picture("search")
	p.accessible("search")
	p.presses(kb.ArrowDown + kb.Enter)
	p.sees("dialog .picked", "Autumn retreat")
	p.sees("dialog label", "People to remove")
	p.tabsTo("dialog [role=combobox]", "")
	p.presses("noor")
	p.sees("dialog [role=option]", "noor@example.com")
	p.presses(kb.ArrowDown + kb.Enter)
	p.sees("dialog .picked", "noor@example.com")
	p.picture("form")
	p.tabsTo("dialog [data-submit]", "Remove")
	p.presses(kb.Enter)
	p.lacks("dialog", "")
	p.focused("#composer button", "Remove from a Linq chat")
	p.clicks("#side a", "linqbot Messages")
	p.sees("#main .message", "example.com has left Autumn retreat")
}

func refusePeople(t *testing.T, g playground) {
	p := g.open(t, "in=C0LAUNCH", "theme=light")
	p.clicks("#who summary", "You are Dana")
	p.clicks("#who a", "Ravi")
	p.sees("#who summary", "You are Ravi")
	p.clicks("#say", "Message #launch")
	p.presses("/linq-remove " + springLaunch + " +14155550143" + kb.Enter)
	p.sees("#main .private", "You may not remove people")
	p.picture("not allowed")

	p.clicks("#who summary", "You are Ravi")
	p.clicks("#who a", "Gia")
	p.sees("#main h2", "with-globex")
	p.lacks("#side a", "board")
	p.clicks("#say", "Message #with-globex")
	p.presses("/linq-remove " + springLaunch + " +14155550143" + kb.Enter)
	p.sees("#main .private", "You may not remove people")
	p.picture("guest")
	p.sees("#linq .who", "+14155550143 leaves")
}

func runStep(t *testing.T, g playground) {
	p := g.open(t, "in=C0LAUNCH", "theme=light")
	p.clicks("#side a", "Remove a Linq participant")
	p.focused("dialog input", "")
	p.accessible("step")
	p.presses(autumnRetreat + kb.Tab + "+49 171 1234567" + kb.Enter)
	p.lacks("dialog", "")
	p.focused("#side a", "Remove a Linq participant")
	p.sees("#side .runs", "Remove a Linq participant completed")
	p.clicks("#side .runs summary", "Outputs")
	p.sees("#side .runs dd", "removed")
	p.sees("#main .message", "Started the workflow Remove a Linq participant")
	p.clicks("#main a", "1 reply")
	p.sees("#thread .message", "4567 has left Autumn retreat")
	p.inView("#main .message", "Started the workflow")
	p.picture("step")
}

// The same in the dark, in the Home tab, and in a window as narrow as a telephone.
func darkAndNarrow(t *testing.T, g playground) {
	p := g.open(t, "in=C0LAUNCH", "theme=dark")
	p.clicks("#side button", "linqbot Home")
	p.sees("#main .home", "Remove someone")
	p.picture("home dark")
	p.accessible("home dark")
	p.clicks("#main .home button", "Remove someone")
	p.sees("dialog h2", "Remove from a chat")
	p.picture("form dark")
	p.accessible("form dark")
	p.clicks("dialog [data-shut]", "Cancel")
	p.lacks("dialog", "")
	p.focused("#main .home button", "Remove someone")
	p.clicks("#side a", "launch")
	p.clicks("#main a", "replies")
	p.sees("#thread .message", "is back in Spring launch")
	p.clicks("#timeline .events summary", "signed request")
	p.sees("#timeline pre", "X-Slack-Signature")
	p.picture("dark")
	p.accessible("dark")

	p.do(chromedp.EmulateViewport(390, 844))
	p.clicks(".jump a", "Time line")
	p.sees("#timeline h2", "Time line")
	p.picture("narrow dark")
	p.accessible("narrow dark")
	p.clicks("#theme", "Theme: dark")
	p.clicks("#theme", "Theme: system")
	p.sees("#theme", "Theme: light")
	p.picture("narrow")
	p.accessible("narrow")
}
