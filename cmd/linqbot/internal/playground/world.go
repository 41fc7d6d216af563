package playground

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/slackhtml"
	"linqbot/cmd/linqbot/internal/stage"
	"linqbot/ledger"
	"linqbot/ledger/database"
	"linqbot/linq/linqtest"
)

// world is all that is played, and what people have done in the page that Slack does not know of.
type world struct {
	*stage.Stage
	app    manifest
	reason map[string]string // why either side is the real one, for the banner

	mu       sync.Mutex
	ledger   *ledger.Reader // opened when it is first read
	closed   map[string]bool
	filled   map[string]slackhtml.Filled // by the id of a modal
	offered  map[string][]slackhtml.Option
	runs     []run
	seen     map[string]string // the newest message that somebody has seen in a channel, by both ids
	trouble  map[string]bool
	settings map[string]string
	changed  chan struct{} // closed and replaced at every change
}

// run is one run of a workflow step.
type run struct {
	ID, Title, By string
}

const (
	dana = "U0DANA"
	ravi = "U0RAVI"
	gia  = "U0GIA"

	ownTeam    = "T0ACME"
	effectTime = 900 * time.Millisecond // between Linq's "queued" and the effect: long enough to see
)

// person is somebody as whom a window can act.
type person struct {
	slacktest.User
	About string
}

func people() []person {
	return []person{
		{slacktest.User{ID: dana, Name: "Dana"}, "may remove people"},
		{slacktest.User{ID: ravi, Name: "Ravi"}, "is not on the list of who may"},
		{slacktest.User{ID: gia, Name: "Gia", TeamID: "T0GLOBEX", Restricted: true}, "from Globex, another organisation"},
	}
}

func newWorld(ctx context.Context, c Config) (*world, error) {
	app, err := readManifest()
	if err != nil {
		return nil, err
	}
	w := &world{
		app: app, reason: map[string]string{}, closed: map[string]bool{}, filled: map[string]slackhtml.Filled{},
		offered: map[string][]slackhtml.Option{}, seen: map[string]string{}, trouble: map[string]bool{}, settings: map[string]string{}, changed: make(chan struct{}),
	}
	set := stage.Config{Webhooks: true, Vars: map[string]string{"ALLOWED_USERS": dana, "LOG_FORMAT": "text"}}
	for _, v := range booleans() {
		w.settings[v.Name] = v.Default
	}
	if _, ok := w.settings["ALLOW_ADDING"]; ok {
		w.settings["ALLOW_ADDING"] = "true" // nothing here is worth protecting
	}
	maps.Copy(set.Vars, w.settings)
	if c.SlackURL == "" {
		set.Slack = newSlack()
	} else {
		if err := w.real("Slack", "SLACK_API_URL", c.SlackURL, c, &set, "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "ALLOWED_USERS"); err != nil {
			return nil, err
		}
		set.Vars["LOG_FORMAT"], set.Vars["LOG_LEVEL"] = "json", "debug" // the time line reads it
	}
	if c.LinqURL == "" {
		set.Linq = newLinq()
	} else if err := w.real("Linq", "LINQ_API_V3_BASE_URL", c.LinqURL, c, &set, "LINQ_API_V3_API_KEY"); err != nil {
		return nil, err
	}
	if c.Postgres {
		if set.Postgres = c.Getenv("DATABASE_URL"); !database.IsPostgres(set.Postgres) {
			return nil, errors.New("--postgres keeps the ledger in PostgreSQL, so the environment has to hold DATABASE_URL with a URL that begins with postgres://")
		}
	}
	if w.Stage, err = stage.Open(ctx, set); err != nil {
		return nil, err
	}
	return w, nil
}

// real takes what the bot needs of a real side from the environment.
func (w *world) real(side, urlName, url string, c Config, set *stage.Config, names ...string) error {
	set.Vars[urlName] = url
	var missing []string
	for _, name := range names {
		value := c.Getenv(name)
		if value == "" {
			missing = append(missing, name)
		}
		set.Vars[name] = value
	}
	if len(missing) > 0 {
		return fmt.Errorf("--%s makes %s the real one, so the environment has to hold %s", strings.ToLower(side), side, strings.Join(missing, ", "))
	}
	w.reason[side] = url
	return nil
}

// booleans are the bot's settings that are on or off.
func booleans() []config.Variable {
	var found []config.Variable
	for _, v := range config.Variables() {
		if v.Default == "true" || v.Default == "false" {
			found = append(found, v)
		}
	}
	return found
}

func (w *world) close() error {
	w.mu.Lock()
	reader := w.ledger
	w.mu.Unlock()
	if reader != nil {
		_ = reader.Close() // it only read
	}
	return w.Close()
}

// reader opens the ledger once it is there.
func (w *world) reader() *ledger.Reader {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ledger == nil {
		w.ledger, _ = ledger.OpenReader(context.Background(), w.DatabaseURL()) // nil until the bot has made it
	}
	return w.ledger
}

// change changes what the page remembers, and has it drawn again.
func (w *world) change(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
	close(w.changed)
	w.changed = make(chan struct{})
}

// changes returns channels, one of which is closed at the next change of anything that is shown.
func (w *world) changes() (page, slack, linq, bot <-chan struct{}) {
	w.mu.Lock()
	page = w.changed
	w.mu.Unlock()
	if w.Slack != nil {
		slack = w.Slack.Changed()
	}
	if w.Linq != nil {
		linq = w.Linq.Changed()
	}
	return page, slack, linq, w.Bot.Changed()
}

func newSlack() *slacktest.Slack {
	slack := slacktest.New(slacktest.Config{
		BotToken: "xoxb-playground", SigningSecret: "playground-signing-secret", TeamID: ownTeam, TeamName: "Acme", TeamDomain: "acme",
		PublicWrite: true,
	})
	for _, p := range people() {
		slack.AddUser(p.User)
	}
	ours := []string{dana, ravi}
	for _, c := range []slacktest.Channel{
		{ID: "C0LAUNCH", Name: "launch", Members: ours, BotMember: true},
		{ID: "C0SUPPORT", Name: "support", Members: ours},
		{ID: "C0NEWS", Name: "announcements", Members: ours, BotMember: true, ReadOnly: true},
		{ID: "C0BOARD", Name: "board", Kind: slacktest.Private, Members: ours},
		{ID: "C0GLOBEX", Name: "with-globex", Members: []string{dana, ravi, gia}, BotMember: true, ExtShared: true},
	} {
		slack.AddChannel(c)
	}
	slack.PostAs(ravi, "C0LAUNCH", "", "Sam (415) 555-0132 moved to another team. Who takes them out of *Spring launch*?")
	slack.PostAs(gia, "C0GLOBEX", "", "Hello from Globex! Our +1 415 555 0165 has left the project.")
	return slack
}

func newLinq() *linqtest.Linq {
	l := linqtest.New(linqtest.Config{APIKey: "playground-linq-key", EffectDelay: effectTime})
	for _, c := range chats() {
		l.AddChat(c)
	}
	return l
}

// chats are those at Linq. Their ids stay the same, so that a command can be typed again another day.
func chats() []linqtest.Chat {
	const line = "+14155550100"
	spring := linqtest.Group("Spring launch", line,
		"+14155550132", "+14155550143", "sam@example.com", "+442079460321", "+14155550165", "+14155550177")
	spring.ID = "5f0c7a52-6d1e-4b7e-9a53-0c2f6f2b1d01"
	retreat := linqtest.Group("Autumn retreat", line, "+14155550132", "+14155550154", "+491711234567", "noor@example.com")
	retreat.ID = "7b1d93e4-2c55-4f0a-8f7e-55d0a6c4e202"
	small := linqtest.Group("Three of us", line, "+14155550143", "+14155550188")
	small.ID = "a92e1b06-9c3d-4d18-b0c5-3e8f71aa6303"
	sms := linqtest.Group("Old phones", line, "+14155550110", "+14155550132", "+14155550154")
	sms.ID, sms.Service = "c3f4d2a8-1b77-4e96-8d24-9ab65d0e7404", "SMS"
	return []linqtest.Chat{spring, retreat, small, sms}
}
