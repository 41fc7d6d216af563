package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// scene is one step of the demo's story. Dana types a command, unless act says otherwise.
type scene struct {
	title   string
	channel string // name; the bot is in it unless it is private
	private bool
	handle  string // as Dana types it
	e164    string
	does    string // what Dana does, when it is not typing a command
	act     func(ctx context.Context, s *env) error
	before  func(s *env)
	during  func(ctx context.Context, out io.Writer, s *env) error
	until   string // what the channel shows in the end
	reading string
}

func (s scene) channelID() string { return "C0" + fmt.Sprintf("%X", s.channel) }

func story() []scene {
	return []scene{
		{
			title:   "A number as people write it",
			channel: "launch", handle: "(415) 555-0132", e164: "+14155550132",
			until:   "✅",
			reading: "Queued is not removed: the reply said ✅ only when the chat no longer listed them.",
		},
		{
			title:   "Somebody who is not in the chat",
			channel: "support", handle: "+1 212 555 0199", e164: "+12125550199",
			until:   "⛔",
			reading: "The chat was read first, so nothing was sent, and the reply says what to check.",
		},
		{
			title:   "Linq answers 500, and then its answer to the next try is lost",
			channel: "ops", handle: "tel:+1-415-555-0143", e164: "+14155550143",
			before: func(s *env) {
				s.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Status: http.StatusInternalServerError, Code: 3006, Message: "Internal server error"})
				s.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Drop: linqtest.AfterEffect})
			},
			until:   "✅",
			reading: "After a lost answer the chat is read before anything is asked again or called a failure.",
		},
		{
			title:   "A private channel that the bot is not in",
			channel: "board", private: true, handle: "Sam@Example.com", e164: "sam@example.com",
			until:   "✅",
			reading: "No thread can be had here, so the outcome came to Dana alone, with how to get a thread.",
		},
		{
			title:   "The bot is killed while Linq works on the removal, and started again",
			channel: "night-shift", handle: "+44 20 7946 0321", e164: "+442079460321",
			before: func(s *env) {
				s.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: hangTime})
			},
			during:  killAndRestart,
			until:   "✅",
			reading: "The command was on disk before Dana saw the answer; the new process finished it, once.",
		},
		{
			title:   "A workflow runs the step \"Remove a Linq participant\"",
			channel: "offboarding", e164: "+14155550154",
			does:    "posts a form in #offboarding, and a workflow passes it on to the step",
			act:     runWorkflow,
			until:   "✅",
			reading: "The reply stands in the workflow's own thread, and the workflow goes on with the outcome.",
		},
		{
			title:   "A form, for people without chat ids",
			channel: "sales", e164: "+14155550165",
			does:    "types /linq-remove in #sales, and picks the chat and the person in the form",
			act:     useForm,
			until:   "✅",
			reading: "Nobody has to know a chat's id, or type a number that they can point at.",
		},
		{
			title:   "A mistake is taken back",
			channel: "launch", e164: "+14155550132",
			does:    "presses \"Add back\" in the thread of the first scene",
			act:     pressAddBack,
			until:   "is back in",
			reading: "Adding back is as honest as removing: it is said only when the chat lists them again.",
		},
		{
			title:   "Somebody leaves the firm, and with it every chat",
			channel: "people",
			does:    "types /linq-offboard (415) 555-0190, and says yes to what is proposed",
			act:     offboard,
			during:  showProgress,
			until:   "It is done: 9 removed.",
			reading: "One message counts for all chats, can be paused and stopped, and ends with a table of all.",
		},
	}
}

func killAndRestart(ctx context.Context, out io.Writer, s *env) error {
	const handle = "+442079460321"
	if err := s.awaitDelete(ctx, handle); err != nil {
		return err
	}
	if err := s.stage.Bot.Kill(); err != nil {
		return err
	}
	fmt.Fprintf(out, "   (kill -9 while the DELETE is on its way; starting the bot again)\n\n")
	return s.stage.Bot.Start(ctx)
}

// The people and places of the demo.
const (
	Team          = "T0DEMO"
	User          = "U0DANA"
	Channel       = "C06C61756E6368" // #launch
	signingSecret = "demo-signing-secret"
	botToken      = "xoxb-demo" //nolint:gosec // of the Slack in this process
	linqKey       = "demo-linq-key"
	chatName      = "Spring launch"
	executionID   = "Fx0DEMO"
	nextHandle    = "+1 415 555 0177" // still in the chat when the story is over
	leaver        = "+14155550190"    // in several other chats
)

func newSlack() *slacktest.Slack {
	slack := slacktest.New(slacktest.Config{
		BotToken: botToken, SigningSecret: signingSecret, TeamID: Team, TeamName: "Acme", TeamDomain: "acme",
	})
	slack.AddUser(slacktest.User{ID: User, Name: "Dana"})
	for _, scene := range story() {
		channel := slacktest.Channel{ID: scene.channelID(), Name: scene.channel, Kind: slacktest.Public, BotMember: true}
		if scene.private {
			channel.Kind, channel.BotMember = slacktest.Private, false
		}
		slack.AddChannel(channel)
	}
	return slack
}

func newLinq() *linqtest.Linq {
	return linqtest.New(linqtest.Config{APIKey: linqKey, EffectDelay: effectTime})
}

func newChat() linqtest.Chat {
	return linqtest.Group(chatName, "+14155550100",
		"+14155550132", "+14155550143", "sam@example.com", "+442079460321",
		"+14155550154", "+14155550165", "+14155550177", "+14155550188")
}

// otherChats are those of somebody who leaves the firm.
func otherChats() (chats []linqtest.Chat) {
	for _, name := range []string{"Board", "Design", "Hiring", "Press", "Retail", "Roadmap", "Summer party", "Support rota", "Trade fair"} {
		chats = append(chats, linqtest.Group(name, "+14155550100", leaver, "kim@example.com", "lou@example.com", "max@example.com"))
	}
	return chats
}
