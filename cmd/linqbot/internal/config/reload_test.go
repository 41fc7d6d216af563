package config_test

import (
	"slices"
	"testing"

	"linqbot/cmd/linqbot/internal/config"
)

// What cannot change while linqbot serves stays as it was, and is named. All else is new.
func TestFixedSettingsStay(t *testing.T) {
	t.Parallel()
	before, err := config.Load(enough(nil))
	if err != nil {
		t.Fatal(err)
	}
	now, err := config.Load(enough(map[string]string{
		"LISTEN_ADDR": ":1", "PORT": "2", "ADMIN_ADDR": ":3", "DATABASE_URL": "sqlite://4.db", "RETENTION": "5d", "LINQ_CONCURRENCY": "6",
		"SLACK_API_URL": "https://slack.example/api/", "DEFAULT_REGION": "GB", "CONFIRM_REMOVALS": "true",
	}))
	if err != nil {
		t.Fatal(err)
	}
	later := now.KeepFixed(before)
	slices.Sort(later)
	if want := []string{"ADMIN_ADDR", "DATABASE_URL", "LINQ_CONCURRENCY", "LISTEN_ADDR", "PORT", "RETENTION"}; !slices.Equal(later, want) {
		t.Errorf("%v take effect later", later)
	}
	if now.ListenAddr != before.ListenAddr || now.AdminAddr != before.AdminAddr || now.DatabaseURL != before.DatabaseURL ||
		now.Retention != before.Retention || now.Concurrency != before.Concurrency {
		t.Errorf("%+v", now)
	}
	if now.SlackURL != "https://slack.example/api/" || now.Region != "GB" || !now.ConfirmRemovals {
		t.Errorf("%+v", now)
	}
	if again := now.KeepFixed(before); len(again) > 0 {
		t.Errorf("%v again", again)
	}
}
