// Package demo tells the story of linqbot with the real program. It runs the program as a process of its own, with a
// ledger that is thrown away. Slack and Linq are in this process. All of it is on loopback. The scenes are in a
// table; what they are played on knows nothing of the bot's inside.
//
// Begin reading at [Run], and then at story.
package demo

import (
	"context"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"linqbot/bot/slacktest"
)

// Run runs the real bot as a process of its own against a Slack and a Linq in this one, all on
// loopback, with a ledger that is thrown away.
func Run(ctx context.Context, out io.Writer, keep bool) (err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGPIPE) // who reads it may go, as head does; the bot must not stay
	defer stop()
	set, err := newEnv(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if closed := set.close(); err == nil {
			err = closed
		}
	}()
	began := time.Now()
	fmt.Fprintf(out, "linqbot demo: the bot, a Slack and a Linq on this machine. The chats are invented, the bot is not.\n")
	for i, scene := range story() {
		if err := set.play(ctx, out, i+1, scene); err != nil {
			return fmt.Errorf("%s: %w", scene.title, err)
		}
	}
	set.sumUp(out, time.Since(began))
	if keep {
		return set.keep(ctx, out)
	}
	return nil
}

// play acts one scene in a channel of its own and prints what it looks like.
func (s *env) play(ctx context.Context, out io.Writer, number int, sc scene) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	fmt.Fprintf(out, "\n%s\n%d. %s\n\n", strings.Repeat("─", 78), number, sc.title)
	if sc.before != nil {
		sc.before(s)
	}
	if err := s.perform(ctx, out, sc); err != nil {
		return err
	}
	if sc.during != nil {
		if err := sc.during(ctx, out, s); err != nil {
			return err
		}
	}
	if err := s.awaitScreen(ctx, sc.channelID(), sc.until); err != nil {
		return err
	}
	fmt.Fprintln(out, indent(s.slack.Screen(sc.channelID(), User), "   "))
	fmt.Fprintf(out, "   → %s\n", sc.reading)
	return nil
}

// perform has Dana do what the scene begins with.
func (s *env) perform(ctx context.Context, out io.Writer, sc scene) error {
	if sc.act != nil {
		fmt.Fprintf(out, "   Dana %s.\n\n", sc.does)
		return sc.act(ctx, s)
	}
	arguments := s.chatID + " " + sc.handle
	fmt.Fprintf(out, "   Dana types in #%s:  /linq-remove %s\n\n", sc.channel, arguments)
	ack, err := s.slack.Send(ctx, s.botURL, slacktest.Command{UserID: User, ChannelID: sc.channelID(), Text: arguments})
	return answered(ack, err)
}

// sumUp prints what reached Linq: the promise of one removal, counted.
func (s *env) sumUp(out io.Writer, took time.Duration) {
	fmt.Fprintf(out, "\n%s\nWhat Linq saw of *%s*, counted at Linq's end:\n\n", strings.Repeat("─", 78), chatName)
	fmt.Fprintf(out, "   %-18s %-18s %s\n", "person", "DELETE requests", "times they left")
	counted := map[string]bool{"": true} // a scene may be about other chats
	for _, scene := range story() {
		if !counted[scene.e164] {
			fmt.Fprintf(out, "   %-18s %-18d %d\n", scene.e164, s.linq.Deletes(s.chatID, scene.e164), s.linq.Effects(s.chatID, scene.e164))
		}
		counted[scene.e164] = true
	}
	if step, ok := s.slack.Execution(executionID); ok {
		fmt.Fprintf(out, "\nThe workflow went on with: status %v, \"%v\"\n", step.Outputs["status"], step.Outputs["message"])
	}
	fmt.Fprintf(out, "\nThe story took %.1f s. To try it yourself: linqbot demo --keep\n", took.Seconds())
}

// keep prints how to try things, and every channel as it changes, until ctx ends.
func (s *env) keep(ctx context.Context, out io.Writer) error {
	fmt.Fprintf(out, "\nEverything goes on running, until Ctrl-C:\n\n   Bot    %s\n   Slack  %s\n   Linq   %s\n\n", s.botURL, s.slack.URL(), s.linq.BaseURL())
	fmt.Fprintf(out, "In another terminal (with `go run ./cmd/linqbot` for linqbot, if it is not installed):\n\n")
	fmt.Fprintf(out, "   linqbot send '/linq-remove %s %s' --bot %s --secret %s\n\n", s.chatID, nextHandle, s.botURL, signingSecret)
	shown := s.slack.Screen(Channel, User)
	changed := func(*slacktest.Slack) bool { return s.slack.Screen(Channel, User) != shown }
	for s.slack.Await(ctx, changed) == nil { // Ctrl-C is how this ends
		shown = s.slack.Screen(Channel, User)
		fmt.Fprintf(out, "%s\n", indent(shown, "   "))
	}
	return nil
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by)
}
