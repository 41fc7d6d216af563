package viewer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"linqbot/commands/parse"
	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// persons has a name for each person that says nothing of them: the address of a page must not hold a number.
type persons struct{ key string }

func (p persons) of(h handle.Handle) string {
	mac := hmac.New(sha256.New, []byte(p.key))
	mac.Write([]byte(strings.ToLower(h.Full())))
	const enough = 16
	return hex.EncodeToString(mac.Sum(nil)[:enough])
}

// search is what somebody looks for, as it stands in the address.
type search struct {
	State, User, Chat, Text, Person, Before string
	Mistakes                                []string
}

// readSearch reads an address. A number or e-mail that was typed is replaced, and moved is true: then the page stands at
// another address, which does not hold it.
func (v *Viewer) readSearch(q url.Values) (s search, moved bool) {
	get := func(name string) string {
		const longest = 200
		text := []rune(strings.TrimSpace(strings.ToValidUTF8(q.Get(name), "")))
		return string(text[:min(len(text), longest)])
	}
	s = search{State: get("state"), User: get("user"), Chat: get("chat"), Text: get("q"), Person: get("person"), Before: get("before")}
	if inner, ok := strings.CutPrefix(s.User, "<@"); ok {
		s.User, _, _ = strings.Cut(strings.TrimSuffix(inner, ">"), "|")
	}
	if s.State != "" && !slices.Contains(searchStates(), s.State) {
		s.Mistakes = append(s.Mistakes, "There is no such state.")
	}
	if s.Chat != "" {
		chat, err := linq.ParseChatID(s.Chat)
		if err != nil {
			s.Mistakes = append(s.Mistakes, "A chat is chosen by its id, a UUID; the text search finds it by its name.")
		}
		s.Chat = chat.String()
	}
	if s.Before != "" && !isID(s.Before) {
		s.Before = ""
	}
	typed := s.Text
	if !isShortID(typed) { // which may look like a number
		s.Text = handle.MaskText(typed)
		if parsed, err := parse.Handle(typed, v.cfg.Region()); typed != "" && err == nil {
			s.Text, s.Person = "", v.persons.of(parsed.Handle)
		}
	}
	s.User = member(s.User)
	return s, s.Text != typed
}

func isShortID(text string) bool { return regexp.MustCompile(`^[0-9a-f]{8}$`).MatchString(text) }

func isID(text string) bool { return regexp.MustCompile(`^[0-9a-f-]{36}$`).MatchString(text) }

// address is where a page of the search stands.
func (s search) address(before string) string {
	q := make(url.Values)
	for name, value := range map[string]string{"state": s.State, "user": s.User, "chat": s.Chat, "q": s.Text, "person": s.Person, "before": before} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/"
	}
	return "/?" + q.Encode()
}

// Narrow reports whether the search leaves anything out.
func (s search) Narrow() bool { return s.address("") != "/" }

// searchStates are those that a request can be in, without what the audit alone has.
func searchStates() []string {
	var names []string
	for _, state := range ledger.States() {
		switch state {
		case ledger.Denied, ledger.Read, ledger.RemovalsPaused, ledger.RemovalsResumed:
		default:
			names = append(names, string(state))
		}
	}
	return names
}

// asked is the search as the ledger does it.
func (v *Viewer) asked(s search) audit.Search {
	const most = 50
	asked := audit.Search{
		Filter: audit.Filter{State: ledger.State(s.State), UserID: s.User, ChatID: s.Chat},
		Before: s.Before, Most: most,
	}
	text := folded(s.Text)
	switch {
	case s.Person != "":
		asked.Matches = func(r ledger.Request) bool { return v.isAbout(r, s.Person) && (text == "" || hasText(r, text)) }
	case text != "":
		asked.Matches = func(r ledger.Request) bool { return hasText(r, text) }
	}
	return asked
}

func (v *Viewer) isAbout(r ledger.Request, person string) bool {
	for _, each := range []ledger.Secret{r.Handle, r.ListedHandle} {
		if hmac.Equal([]byte(v.persons.of(handle.New(each.Value()))), []byte(person)) {
			return true
		}
	}
	return false
}

// hasText looks into what a page shows, so that nothing can be found out that it does not show.
func hasText(r ledger.Request, text string) bool {
	for _, each := range []string{r.ID, shown(r.ChatName), r.ChatID, person(r.Handle), r.Reason, shown(r.Because)} {
		if strings.Contains(folded(each), text) {
			return true
		}
	}
	return false
}

func folded(text string) string { return strings.ToLower(norm.NFKC.String(text)) }
