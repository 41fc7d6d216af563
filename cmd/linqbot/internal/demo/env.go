package demo

import (
	"context"
	"strings"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/internal/stage"
	"linqbot/linq/linqtest"
)

const (
	effectTime = 700 * time.Millisecond  // between Linq's «queued» and the effect
	hangTime   = 1500 * time.Millisecond // how long Linq keeps the bot waiting before it is killed
)

// env is everything the demo runs.
type env struct {
	stage  *stage.Stage
	slack  *slacktest.Slack
	linq   *linqtest.Linq
	chatID string
	botURL string
}

func newEnv(ctx context.Context) (*env, error) {
	s := &env{slack: newSlack(), linq: newLinq()}
	s.chatID = s.linq.AddChat(newChat())
	for _, chat := range otherChats() {
		s.linq.AddChat(chat)
	}
	opened, err := stage.Open(ctx, stage.Config{Slack: s.slack, Linq: s.linq, Vars: map[string]string{"ALLOWED_USERS": User}})
	if err != nil {
		return nil, err
	}
	s.stage, s.botURL = opened, opened.Bot.URL()
	return s, nil
}

func (s *env) close() error { return s.stage.Close() }

// awaitScreen waits until a channel shows a sign, and each of its threads is complete.
func (s *env) awaitScreen(ctx context.Context, channelID, sign string) error {
	return s.slack.Await(ctx, func(*slacktest.Slack) bool {
		return strings.Contains(s.slack.Screen(channelID, User), sign) && s.threadsAreComplete(channelID)
	})
}

// threadsAreComplete reports whether each thread of the bot's has a reply, and says how it ended.
func (s *env) threadsAreComplete(channelID string) bool {
	for _, m := range s.slack.Messages(channelID) {
		opens := m.ThreadTS == "" && m.Author == s.slack.Config().BotUserID
		if opens && (len(s.slack.Thread(channelID, m.TS)) == 1 || strings.HasPrefix(m.Rendered, "⏳")) {
			return false
		}
	}
	return true
}

func (s *env) awaitDelete(ctx context.Context, handle string) error {
	return stage.Poll(ctx, func() bool { return s.linq.Deletes(s.chatID, handle) > 0 })
}
