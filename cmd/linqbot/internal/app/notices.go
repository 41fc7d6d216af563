package app

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/bot"
	"linqbot/cmd/linqbot/internal/metrics"
)

// notices keeps what Slack said about the app itself. It outlives a change of the settings.
type notices struct {
	records  ledgerSettings
	measured *metrics.Metrics
	log      *logrus.Entry
	now      func() time.Time

	mu   sync.Mutex
	last map[bot.Notice]time.Time
}

// ledgerSettings is where doctor finds them.
type ledgerSettings interface {
	Keep(ctx context.Context, name, value string) error
}

func newNotices(records ledgerSettings, measured *metrics.Metrics, logger *logrus.Logger) *notices {
	return &notices{records: records, measured: measured, log: logger.WithField("part", "bot"), now: time.Now, last: make(map[bot.Notice]time.Time)}
}

// take takes note of a notice.
func (n *notices) take(ctx context.Context, notice bot.Notice) {
	now := n.now()
	n.mu.Lock()
	n.last[notice] = now
	n.mu.Unlock()
	n.measured.Noticed(string(notice))
	if err := n.records.Keep(ctx, bot.NoticeSetting(notice), now.UTC().Format(time.RFC3339)); err != nil {
		n.log.WithError(err).Warn("a notice of Slack's was not recorded; linqbot doctor will not show it")
	}
}

// remark is what /readyz adds to its answer; "" if there is nothing to say.
func (n *notices) remark() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var said []string
	for _, notice := range []bot.Notice{bot.TokensRevoked, bot.AppRateLimited} {
		if at, ok := n.last[notice]; ok && n.now().Sub(at) < notice.Lasts() {
			said = append(said, notice.Remark()+" (at "+at.UTC().Format("2006-01-02 15:04 MST")+")")
		}
	}
	return strings.Join(said, "; ")
}

// remarks joins what several have to say.
func remarks(each ...func() string) func() string {
	return func() string {
		var said []string
		for _, remark := range each {
			if text := remark(); text != "" {
				said = append(said, text)
			}
		}
		return strings.Join(said, "; ")
	}
}
