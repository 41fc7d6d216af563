//go:build unix

package soak_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/e2e/internal/processtest"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

const (
	alice = "U0ALICE"
	bert  = "U0BERT"
)

// program builds linqbot once for all tests.
var program = sync.OnceValues(processtest.Build)

var ports = sync.OnceValue(processtest.NewPorts)

// lengthVariable sets the length of the soak in a run of several packages, of which the others do not know -soak.
const lengthVariable = "LINQBOT_TEST_SOAK"

func TestMain(m *testing.M) {
	if length := os.Getenv(lengthVariable); length != "" {
		if err := flag.Set("soak", length); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", lengthVariable, err)
			os.Exit(2)
		}
	}
	os.Exit(processtest.Run(m, program))
}

var (
	soakFor  = flag.Duration("soak", 5*time.Second, "how long the soak sends commands; up to two minutes to settle follow")
	soakSeed = flag.Uint64("soakseed", 0, "what the soak's dice start from; 0: anything")
)

// Two replicas on one PostgreSQL, and one process on SQLite, live through everything that linqbot
// promises to survive. Whether the promises in the README hold is then told from what Slack and Linq
// saw, and from the acks, alone.
//
//	go test ./cmd/linqbot/e2e/soak -race -soak 10m -timeout 30m -v
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes more than a minute")
	}
	t.Parallel()
	const settling = 5 * time.Minute
	if deadline, ok := t.Deadline(); ok && *soakFor >= time.Minute && time.Until(deadline) < *soakFor+settling {
		t.Fatalf("a soak of %s needs -timeout %s", *soakFor, *soakFor+2*settling)
	}
	seed := *soakSeed
	for seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("the dice start from %d: -soakseed %d rolls the same again, though processes keep no order", seed, seed)
	var reports [2]report
	t.Run("stores", func(t *testing.T) {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			server := ledgertest.NewServer(t)
			s := newSoak(t, seed)
			for _, name := range []string{"a", "b"} {
				s.addReplica(name, server.URL)
			}
			reports[0] = s.survive("PostgreSQL, 2 replicas", append(s.troubles(), s.postgresTroubles(server)...))
		})
		t.Run("sqlite", func(t *testing.T) {
			t.Parallel()
			s := newSoak(t, seed)
			s.addReplica("a", "")
			reports[1] = s.survive("SQLite, 1 process", append(s.troubles(), s.sqliteTroubles()...))
		})
	})
	table := renderTable(fmt.Sprintf("%s of soaking, seed %d", *soakFor, seed), reports[:])
	t.Log("\n" + table)
	if *soakFor >= time.Minute {
		fmt.Fprintln(os.Stdout, table) // for those who did not say -v
	}
}

// soak is an environment in which everything goes wrong, and the book of what was asked for in it.
type soak struct {
	t     testing.TB
	slack *slacktest.Slack
	linq  *linqtest.Linq
	dir   string
	vars  map[string]string

	began    time.Time
	dice     *dice
	channels []string
	people   *population
	replicas []*replica
	calm     atomic.Bool
	out      atomic.Pointer[string] // who is out altogether: "Slack", "Linq" or nobody

	mu          sync.Mutex // guards those below
	book        []*delivery
	counts      map[string]int
	took        map[string][]time.Duration
	broken      map[string][]string
	interrupted map[killedCall]bool
	removing    map[string]int // how many DELETEs of one person are under way
}

const channelCount = 30 // so many that no channel's pace is what the soak measures

func newSoak(t *testing.T, seed uint64) *soak {
	t.Helper()
	s := &soak{
		t: t, dir: t.TempDir(), slack: slacktest.New(slacktest.Config{}),
		began: time.Now(), dice: newDice(seed), counts: make(map[string]int),
		took: make(map[string][]time.Duration), broken: make(map[string][]string), interrupted: make(map[killedCall]bool),
		removing: make(map[string]int),
	}
	s.slack.AddUser(slacktest.User{ID: alice, Name: "Alice"})
	s.slack.AddUser(slacktest.User{ID: bert, Name: "Bert"})
	stop, err := s.slack.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	s.linq = linqtest.Start(t, linqtest.Config{EffectDelay: 250 * time.Millisecond, Redeliver: 1, Chaos: s.linqChaos})
	s.vars = processtest.Variables(s.slack, s.linq, "sqlite://"+filepath.Join(s.dir, "ledger.db"), "")
	for i := range channelCount {
		id := fmt.Sprintf("C0SOAK%03d", i)
		s.channels = append(s.channels, id)
		s.slack.AddChannel(slacktest.Channel{ID: id, BotMember: true})
	}
	s.slack.Chaos(s.slackChaos)
	s.people = newPopulation(s.linq)
	s.vars["SLACK_TEAM_IDS"] = s.slack.Config().TeamID
	s.vars["LINQ_WEBHOOK_SECRET"] = webhookSecret
	s.linq.AddSubscription(linqtest.Subscription{TargetURL: s.hookRelay() + "?version=2026-02-03", Secret: webhookSecret})
	return s
}

// survive lets the traffic and the trouble run, and checks what has become of it.
func (s *soak) survive(name string, troubles []trouble) report {
	for _, r := range s.replicas {
		r.awaitReady()
	}
	until := time.Now().Add(*soakFor)
	var running sync.WaitGroup
	running.Go(func() { s.traffic(until) })
	running.Go(func() { s.makeTrouble(troubles, until) })
	running.Wait()

	s.calm.Store(true)
	s.slack.ClearFaults()
	s.linq.ClearFaults()
	for _, r := range s.replicas { // the last restart
		r.drain()
		r.awaitReady()
	}
	s.count("soaked, s", int(time.Since(s.began).Seconds()))
	if s.settle() {
		s.count("settled, s", int(time.Since(s.began).Seconds()))
		s.redeliverAll()
	}
	for _, r := range s.replicas {
		r.retire()
	}
	return s.report(name)
}

// count and note keep what the table shows.
func (s *soak) count(what string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[what] += n
}

func (s *soak) note(what string, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took[what] = append(s.took[what], took)
}

// breaks notes a broken promise; it fails the test at the end, so that all of them are seen.
func (s *soak) breaks(promise, format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken[promise] = append(s.broken[promise], fmt.Sprintf(format, args...))
}
