package config

import (
	"time"

	"linqbot/linq"
)

// Variable is one variable of the environment. Each can also be given as NAME_FILE, the path of a
// file that holds the value.
type Variable struct {
	Name     string
	Default  string // the value when it is not given; "" if there is none
	Required bool
	Unset    string // what holds while it is not set, if there is no default; Markdown
	Doc      string // what it is for; Markdown
	Secret   bool   // the value is one or several secrets

	// read checks the value, which is never empty, and takes it. Its error is the rest of a sentence
	// that begins with the name: it says what is wrong and what to write, and quotes no secret.
	read func(s *Settings, value string) error
	// hides returns what of the value must not be repeated. Optional.
	hides func(s *Settings) []string
	// keep puts back what was in force before, and tells whether that is the same. It is nil for what can
	// change while linqbot serves.
	keep func(s *Settings, before Settings) (same bool)
}

// fixed keeps a field of the settings as it was.
func fixed[T comparable](field func(*Settings) *T) func(*Settings, Settings) bool {
	return func(s *Settings, before Settings) bool {
		now, was := field(s), *field(&before)
		same := *now == was
		*now = was
		return same
	}
}

// Variables returns all variables. It is the only place that says what each is and does.
func Variables() []Variable {
	return []Variable{
		{
			Name: "SLACK_SIGNING_SECRET", Required: true,
			Doc:    "one secret, or several separated by commas while one is replaced; linqbot refuses what cannot be a signing secret, and warns of anything but 32 hexadecimal digits",
			Secret: true, read: readSigningSecrets, hides: func(s *Settings) []string { return s.SigningSecrets },
		},
		{
			Name: "SLACK_BOT_TOKEN", Required: true,
			Doc:    "begins with `xoxb-`",
			Secret: true, read: readBotToken, hides: func(s *Settings) []string { return []string{s.SlackToken} },
		},
		{
			Name: "SLACK_API_URL", Default: "https://slack.com/api/",
			Doc:  "the address of Slack's Web API",
			read: readSlackURL,
		},
		{
			Name: "LINQ_API_V3_API_KEY", Required: true,
			Doc:    "the key of the Linq account",
			Secret: true, read: readLinqKey, hides: func(s *Settings) []string { return []string{s.LinqKey} },
		},
		{
			Name: "LINQ_API_V3_BASE_URL", Default: linq.DefaultBaseURL,
			Doc:  "the address of Linq's API; its paths start at `v3/` below this",
			read: readLinqURL,
		},
		{
			Name: "LINQ_CONCURRENCY", Default: "8",
			Doc:  "how many calls of each kind (removals, readings before them, readings after them) a process makes to Linq at a time, 1 to 100",
			read: readConcurrency, keep: fixed(func(s *Settings) *int { return &s.Concurrency }),
		},
		{
			Name: "LINQ_WEBHOOK_SECRET", Unset: "unset",
			Doc:    "begins with `whsec_`, or several separated by commas while one is replaced; if unset, `/linq/webhooks` answers 404, and linqbot sees people leave only by reading the chat",
			Secret: true, read: readWebhookSecrets, hides: webhookSecretsOf,
		},
		{
			Name: "LISTEN_ADDR", Unset: "`:8080`",
			Doc:  "host and port to listen at; without a host, all addresses",
			read: readListenAddr, keep: fixed(func(s *Settings) *string { return &s.ListenAddr }),
		},
		{
			Name: "PORT",
			Doc:  "a number from 1 to 65535; if `LISTEN_ADDR` is unset, linqbot listens at this port on all addresses",
			read: readPort, keep: fixed(func(s *Settings) *string { return &s.port }),
		},
		{ //nolint:gosec // the address with a password is an example
			Name: "DATABASE_URL", Default: "sqlite://linqbot.db",
			Doc:  "the ledger: an SQLite file (three slashes begin an absolute path), or `postgres://user:password@host:5432/database`",
			read: readDatabaseURL, keep: fixed(func(s *Settings) *string { return &s.DatabaseURL }),
			hides: func(s *Settings) []string { return passwordsIn(s.DatabaseURL) },
		},
		{
			Name: "DEFAULT_REGION", Default: "US",
			Doc:  "the country, in two letters, of numbers written without a country code",
			read: readRegion,
		},
		{
			Name: "ALLOWED_USERS", Unset: "required, unless `ALLOWED_USERGROUPS` is set",
			Doc:  "member ids, separated by commas; `*`, alone, for everyone in the workspace",
			read: readUsers,
		},
		{
			Name: "ALLOWED_USERGROUPS", Unset: "nobody",
			Doc:  "user group ids; members are looked up in Slack, for 2 s at most, and remembered for 5 minutes at most",
			read: ids(func(s *Settings) *[]string { return &s.Policy.Groups }, "user group ids such as S0123ABCD"),
		},
		{
			Name: "ALLOWED_CHANNELS", Unset: "any channel",
			Doc:  "channel ids; elsewhere commands, forms and buttons are refused for everyone, as are workflow steps that are to report there",
			read: ids(func(s *Settings) *[]string { return &s.Policy.Channels }, "channel ids such as C0123ABCD"),
		},
		{
			Name: "SLACK_TEAM_IDS", Unset: "the token's own team",
			Doc:  "the ids of the teams or enterprises that are served; the default is asked of Slack and kept in the ledger",
			read: ids(func(s *Settings) *[]string { return &s.Teams }, "team or enterprise ids such as T0123ABCD"),
		},
		{
			Name: "HANDLES_IN_CHANNEL", Default: "masked",
			Doc:  "`full` shows whole numbers and addresses in messages; see [SECURITY.md](../SECURITY.md)",
			read: choice("masked", "full", func(s *Settings) *bool { return &s.FullHandles }),
		},
		{
			Name: "CONFIRM_REMOVALS", Default: "false",
			Doc:  "`true` asks about a typed removal with **Remove** and **Cancel** first; see [Ask before removing](using.md#ask-before-removing)",
			read: choice("false", "true", func(s *Settings) *bool { return &s.ConfirmRemovals }),
		},
		{
			Name: "PROTECTED_HANDLES", Unset: "nobody",
			Doc:  "phone numbers and e-mail addresses, separated by commas, of people whom nobody removes, whoever asks; numbers without a country code are read as in a command",
			read: readProtected,
		},
		{
			Name: "MAX_REMOVALS_PER_HOUR", Default: "200",
			Doc:  "how many removals one person may ask for within an hour, a whole number from 1; `off` for no limit",
			read: readMostPerHour,
		},
		{
			Name: "MAX_REMOVALS_PER_DAY", Unset: "no limit",
			Doc:  "how many removals all people together, and workflows, may ask for within 24 hours, a whole number from 1",
			read: readMostPerDay,
		},
		{
			Name: "ADMINS", Unset: "nobody",
			Doc:  "member ids of those who may pause and resume all removals in the Home tab; it lets nobody remove people",
			read: ids(func(s *Settings) *[]string { return &s.Admins }, "member ids such as U0123ABCD"),
		},
		{
			Name: "WORKFLOW_STEPS", Default: "on",
			Doc:  "`off` ends each run of the workflow step with an error, and nobody is removed",
			read: choice("on", off, func(s *Settings) *bool { return &s.StepsOff }),
		},
		{
			Name: "WORKFLOW_OFFBOARD", Default: off,
			Doc:  "`on` lets workflows run the step that takes a person out of every group chat, which does not ask; see [The step that offboards](workflow.md#the-step-that-offboards)",
			read: choice(off, "on", func(s *Settings) *bool { return &s.StepOffboards }),
		},
		{
			Name: "ALLOW_ADDING", Default: "false",
			Doc:  "`true` lets people be added by [`/linq-add`](using.md#add-people) and by the workflow step for it; **Add back** works without",
			read: choice("false", "true", func(s *Settings) *bool { return &s.AllowAdding }),
		},
		{
			Name: "ADMIN_ADDR", Default: "127.0.0.1:9090",
			Doc:  "host and port at which [metrics](metrics.md) are served and, to this machine alone, [pages with the requests](operations.md#look-at-requests); `off` disables both",
			read: readAdminAddr, keep: fixed(func(s *Settings) *string { return &s.AdminAddr }),
		},
		{
			Name: "RETENTION", Default: "400d",
			Doc:  "for how many days records are kept after their end; `off` keeps them for good",
			read: readRetention, keep: fixed(func(s *Settings) *time.Duration { return &s.Retention }),
		},
		{
			Name: "LOG_LEVEL", Default: "info",
			Doc:  "`error`, `warn`, `info` or `debug`, and nothing else",
			read: readLogLevel,
		},
		{
			Name: "LOG_FORMAT", Default: "json",
			Doc:  "`text` for people",
			read: choice("json", "text", func(s *Settings) *bool { return &s.LogText }),
		},
	}
}
