package viewer

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// anonymous replaces ids, which are made anew in each run, by their numbers.
type anonymous struct{ known map[string]string }

func (a anonymous) name(page string) string {
	whole := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	for _, id := range whole.FindAllString(page, -1) {
		if _, known := a.known[id]; !known {
			n := len(a.known)/2 + 1
			a.known[id], a.known[id[28:]] = fmt.Sprintf("id-%d", n), fmt.Sprintf("short-%d", n)
		}
	}
	for id, name := range a.known {
		if len(id) == len(chatA) {
			page = strings.ReplaceAll(page, id, name)
		}
	}
	for id, name := range a.known {
		page = strings.ReplaceAll(page, id, name)
	}
	return page
}

func TestPages(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		f := newFixture(t, url)
		removed := f.removed("d1", "Spring launch", "+14155550132")
		undo := f.order("d2", chatA, "+14155550132")
		undo.Kind, undo.Undoes, undo.Source = ledger.Add, removed.ID, ledger.UndoButton
		f.accept(undo)
		refused := f.refused("d3", "Autumn", "ann@example.com", "not today")
		asked := f.order("d4", chatB, "+14155550144")
		asked.Because = "left the firm, was +14155550144"
		waiting := f.accept(asked)
		f.later(time.Minute)
		follower := f.order("d5", chatB, "+14155550144")
		follower.UserID = "U0BERT"
		_, err := f.ledger.Accept(t.Context(), []ledger.Order{follower})
		assert.NilError(t, err)
		batch := f.offboarding("b1", "left the firm", "Autumn", "Winter")
		f.confirm(batch)
		f.later(time.Minute)

		ids := anonymous{make(map[string]string)}
		for name, target := range map[string]string{
			"list": "/", "removed": "/requests/" + removed.ID, "refused": "/requests/" + refused.ShortID(), "waiting": "/requests/" + waiting.ID,
			"batch": "/batches/" + batch.ID, "health": "/health", "found": "/?state=refused&q=autumn", "none": "/?user=U0NOBODY",
		} {
			ids.known = map[string]string{}
			golden.Assert(t, ids.name(f.get(target)), name+".html")
		}
		assert.Equal(t, f.get("/batches/"+batch.ShortID()), f.get("/batches/"+batch.ID))
	})
}

func TestPagesHoldNobodysNumber(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	const number, mail = "+14155550132", "ann.person@example.com"
	one := f.removed("d1", "Call +1 (415) 555-0132 or "+mail, number)
	two := f.refused("d2", "4155550132", mail, "no "+number+" and "+mail)
	batch := f.offboarding("b1", "call 415-555-0132, "+mail, "+14155550132", mail)
	for _, target := range []string{"/", "/requests/" + one.ID, "/requests/" + two.ID, "/batches/" + batch.ID, "/health", "/?q=call"} {
		page := f.get(target)
		for _, private := range []string{"5550132", "555-0132", "ann.person", "hooks.slack.com", "4155550177"} {
			assert.Assert(t, !strings.Contains(page, private), "%s holds %s:\n%s", target, private, page)
		}
	}
}

// What others wrote is text, however it looks.
func TestPagesOfHostileContent(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	const markup = `<img src=x onerror=alert(1)>"'</title><script>`
	for i, name := range []string{markup, strings.Repeat("very long ", 2000), "\u202egnirps \u2066", "مرحبا بالعالم", "{{.Title}}", "\x1b[31m"} {
		r := f.refused(fmt.Sprint("d", i), name, "+14155550132", name)
		batch := f.offboarding(fmt.Sprint("b", i), name, name)
		for _, target := range []string{"/", "/requests/" + r.ID, "/batches/" + batch.ID} {
			page := f.get(target)
			for _, raw := range []string{"<img", "<script", "onerror=alert(1)>", "\u202e", "\u2066", "\x1b"} {
				assert.Assert(t, !strings.Contains(page, raw), "%s holds %q", target, raw)
			}
			if target == "/" {
				assert.Assert(t, len(page) < 50_000, "%d bytes", len(page))
			}
		}
	}
	for _, target := range []string{"/?q=%3Cscript%3E", "/?user=%3Cscript%3E", "/?chat=%3Cscript%3E", "/?state=%3Cscript%3E", "/?person=%3Cscript%3E", "/?before=%3Cscript%3E", "/?q=%ff%00"} {
		assert.Assert(t, !strings.Contains(f.ask(http.MethodGet, target).Body.String(), "<script"), target)
	}
}

// A number that is looked for stands in no page and in no address after the first.
func TestAPersonIsFoundByWhatIsTyped(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	theirs := f.removed("d1", "Spring", "+14155550132")
	others := f.removed("d2", "Spring", "+14155550133")
	for _, typed := range []string{"%2B14155550132", "(415)+555-0132", "tel:4155550132"} {
		w := f.ask(http.MethodGet, "/?state=removed&q="+typed)
		assert.Equal(t, w.Code, http.StatusSeeOther)
		at := w.Header().Get("Location")
		assert.Assert(t, !strings.Contains(at, "555") && !strings.Contains(w.Body.String(), "555"), "%s %s", at, w.Body)
		page := f.get(at)
		assert.Assert(t, strings.Contains(page, theirs.ID) && !strings.Contains(page, others.ID), page)
	}
	assert.Equal(t, f.ask(http.MethodGet, "/?q=41555501").Code, http.StatusOK, "a short id may be of digits alone")
	w := f.ask(http.MethodGet, "/?q=call+415555013")
	assert.Equal(t, w.Code, http.StatusSeeOther)
	assert.Assert(t, !strings.Contains(w.Header().Get("Location"), "415555"))
}

func TestSearch(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	because := f.order("d0", chatA, "+14155550132")
	because.Because = "left the firm"
	spring := f.accept(because)
	f.change(spring.ID, time.Second, ledger.Change{Cause: "the chat was read"}, func(r *ledger.Request) { r.ChatName, r.State = "Frühling", ledger.Removed })
	autumn := f.refused("d2", "Autumn", "ann@example.com", "no")
	for query, want := range map[string]string{
		"q=FR%C3%9CHLING":                          spring.ID,
		"q=" + spring.ShortID():                    spring.ID,
		"q=LEFT+the+firm":                          spring.ID,
		"q=" + autumn.ID:                           autumn.ID,
		"state=refused":                            autumn.ID,
		"chat=" + strings.ToUpper(chatB):           autumn.ID,
		"q=a%E2%80%A2%E2%80%A2%E2%80%A2%40example": autumn.ID,
	} {
		page := f.get("/?" + query)
		for _, id := range []string{spring.ID, autumn.ID} {
			assert.Equal(t, strings.Contains(page, "/requests/"+id), id == want, query)
		}
	}
	assert.Assert(t, strings.Contains(f.get("/?user=%3C@U0123456789|ann%3E"), spring.ID))
	assert.Assert(t, strings.Contains(f.get("/?chat=spring"), "a UUID"))
	assert.Assert(t, strings.Contains(f.get("/?state=gone"), "no such state"))
}

func TestPaging(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	for i := range 60 {
		f.accept(f.order(fmt.Sprint("d", i), chatA, fmt.Sprintf("+1415555%04d", 100+i)))
	}
	first := f.get("/")
	assert.Equal(t, strings.Count(first, `<a href="/requests/`), 50)
	older := regexp.MustCompile(`<a href="(/\?before=[^"]+)" rel="next">Older`).FindStringSubmatch(first)
	assert.Assert(t, older != nil, first)
	second := f.get(older[1])
	assert.Equal(t, strings.Count(second, `<a href="/requests/`), 10)
	assert.Assert(t, !strings.Contains(second, `rel="next"`))

	names := make([]string, 130)
	for i := range names {
		names[i] = fmt.Sprint("Chat ", i)
	}
	batch := f.offboarding("b1", "", names...)
	page := f.get("/batches/" + batch.ID)
	assert.Assert(t, strings.Contains(page, "Chat 99<") && !strings.Contains(page, "Chat 100<"))
	page = f.get("/batches/" + batch.ID + "?after=100")
	assert.Assert(t, !strings.Contains(page, "Chat 99<") && strings.Contains(page, "Chat 129<"))
}

// Whether removals are paused shows on the first page, with nobody's number in the reason.
func TestAPauseShows(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	_, err := f.ledger.Turn(t.Context(), ledger.Switch{Pause: true, Operator: "Olga", Reason: "wrong list, call +14155550132"})
	assert.NilError(t, err)
	page := f.get("/")
	assert.Assert(t, strings.Contains(page, "Olga") && strings.Contains(page, "wrong list") && !strings.Contains(page, "4155550132"), page)
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	for _, target := range []string{"/requests/00000000", "/requests/x", "/requests/%25", "/batches/00000000", "/batches/" + chatA, "/requests/" + chatA} {
		assert.Equal(t, f.ask(http.MethodGet, target).Code, http.StatusNotFound, target)
	}
}

// The checks ask Slack and Linq, so they are not made for each page.
func TestChecksAreKeptForSomeSeconds(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	f.get("/")
	assert.Equal(t, f.checks.Load(), int32(0))
	f.get("/health")
	f.get("/health")
	assert.Equal(t, f.checks.Load(), int32(1))
	f.later(checksFor)
	f.get("/health")
	assert.Equal(t, f.checks.Load(), int32(2))
}
