package e2e_test

import (
	"encoding/json"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq/linqtest"
)

// saidLast returns the fields of the last line of the log with a message that begins so.
func (b *botProcess) saidLast(message string) (fields map[string]string) {
	b.t.Helper()
	for line := range strings.Lines(b.Logs.String()) {
		var said map[string]any
		if json.Unmarshal([]byte(line), &said) != nil {
			continue
		}
		if text, _ := said["msg"].(string); !strings.HasPrefix(text, message) {
			continue
		}
		fields = make(map[string]string)
		for name, value := range said {
			fields[name], _ = value.(string)
		}
	}
	return fields
}

const (
	readAgain  = "the settings were read again"
	restartFor = "these were given in the environment"
)

func TestHangUpSaysWhatChanged(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	writeUsers := env.inFile("ALLOWED_USERS", alice+","+bert)
	writeKey := env.inFile("LINQ_API_V3_API_KEY", env.linq.APIKey())
	writeRetention := env.inFile("RETENTION", "30d")
	b := env.start()
	from := func(name string) string { return name + " from " + env.vars[name+"_FILE"] }

	writeUsers(bert)
	writeRetention("31d")
	b.hangUp(env, "and are in force")
	said := b.saidLast(readAgain)
	assert.Equal(t, said["read"], from("LINQ_API_V3_API_KEY")+", "+from("ALLOWED_USERS")+", "+from("RETENTION"))
	assert.Equal(t, said["changed"], "ALLOWED_USERS")
	assert.Equal(t, b.saidLast("these take effect at the next start")["variables"], "RETENTION")
	assert.Assert(t, strings.Contains(env.remove(ann).Text, "may not"), "one who may no longer is let in")
	env.await("the rest of the log", func() bool { return b.saidLast(restartFor) != nil })
	said = b.saidLast(restartFor)
	assert.Equal(t, said["level"], "info")
	for _, name := range []string{"SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "DATABASE_URL"} {
		assert.Assert(t, strings.Contains(said["variables"], name), name)
	}
	assert.Assert(t, !strings.Contains(said["variables"], "ALLOWED_USERS") && !strings.Contains(said["variables"], "DEFAULT_REGION"), said["variables"])

	// Bert wants it back, and writes what cannot be taken.
	writeUsers("*," + bert)
	b.hangUp(env, "the old ones stay in force")
	assert.Assert(t, strings.Contains(b.saidLast(readAgain)["error"], "ALLOWED_USERS has a * among ids"))
	assert.Assert(t, strings.Contains(env.remove(ann).Text, "may not"))

	// Nothing in a file changes: what was meant may be in the environment.
	writeUsers(bert)
	writeRetention("30d")
	b.hangUp(env, "and are in force")
	assert.Equal(t, b.saidLast(readAgain)["changed"], "none")
	env.await("the rest of the log", func() bool { return b.saidLast(restartFor)["level"] == "warning" })

	writeKey("another-key-of-linq")
	writeUsers(alice)
	b.hangUp(env, "and are in force")
	assert.Equal(t, b.saidLast(readAgain)["changed"], "LINQ_API_V3_API_KEY, ALLOWED_USERS")
	for _, secret := range []string{"another-key-of-linq", env.linq.APIKey(), env.slack.Config().BotToken} {
		assert.Assert(t, !strings.Contains(b.Logs.String(), secret), "the log holds %s", secret)
	}
}

// An env file is read by the shell or by Docker at the start, and a process keeps its environment.
func TestHangUpWithoutFilesChangesNothing(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["ADMIN_ADDR"] = freeAddr(t)
	b := env.start()
	b.hangUp(env, "nothing can have changed")
	said := b.saidLast(readAgain)
	assert.Equal(t, said["level"], "warning")
	assert.Assert(t, strings.Contains(said["msg"], "restart linqbot"))
	for _, name := range []string{"SLACK_SIGNING_SECRET", "ALLOWED_USERS", "ADMIN_ADDR", "LOG_LEVEL"} {
		assert.Assert(t, strings.Contains(said["variables"], name), name)
	}
	assert.Assert(t, !strings.Contains(b.Logs.String(), "are in force"))
}

// What may be a mistake is said at the start, and in doctor.
func TestCautionsAreSaid(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, asTheManifestHasThem)
	env.vars["ADMIN_ADDR"] = strings.Replace(freeAddr(t), "127.0.0.1", "", 1)
	env.vars["SLACK_SIGNING_SECRET"] = "8f742231b10e8888abcd99yyyzzz85a5"
	b := env.start()
	found, content := env.doctor()
	assert.Assert(t, content, "warnings are no failures: %+v", found)
	wantFinding(t, found, "configuration", "ok", `^\d+ variables are set, and can be used`, "")
	for _, says := range []string{
		"SLACK_SIGNING_SECRET is not 32 hexadecimal digits",
		"ALLOWED_USERS is [*]",
		"ADMIN_ADDR serves metrics to other machines, at :",
	} {
		wantFinding(t, found, "configuration", "warning", says, ".")
		said := b.saidLast(strings.ReplaceAll(says, "[*]", "*"))
		assert.Equal(t, said["level"], "warning", says)
		assert.Assert(t, said["fix"] != "", says)
	}
	env.noSecrets(b.Logs.String())
}
