package chatindex_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/chatindex"
	"linqbot/commands/commandstest"
	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// The list is there before anybody searches. Linq in trouble is asked again a few times, and later than it asks for.
func TestFill(t *testing.T) {
	t.Parallel()
	down := linqtest.Fault{Status: http.StatusServiceUnavailable, Code: 4004}
	for _, tc := range []struct {
		name  string
		fault linqtest.Fault
		times int // 0: for ever
		calls int
		after time.Duration
		knows bool
	}{
		{"Linq is well", down, -1, 1, 0, true},
		{"an outage", down, 3, 4, 70 * time.Second, true},
		{"Linq asks for a wait", linqtest.Fault{Status: http.StatusTooManyRequests, Code: 1007, RetryAfter: 90 * time.Second}, 1, 2, 90 * time.Second, true},
		{"a long outage", down, 0, 8, 1230 * time.Second, false},
		{"the key is not accepted", linqtest.Fault{Status: http.StatusUnauthorized, Code: 2004}, 0, 1, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := commandstest.NewLinq(t, linqtest.Config{})
				id, err := linq.ParseChatID(server.AddChat(commandstest.Group(commandstest.Ada, commandstest.Ben, commandstest.Carla)))
				assert.NilError(t, err)
				if tc.times >= 0 {
					server.Fail(linqtest.ListChats, tc.times, tc.fault)
				}
				index := chatindex.New(chatindex.Config{Lister: server.Client, Region: "US"})
				assert.Equal(t, index.Name(id), "")
				began := time.Now()
				index.Fill(t.Context())
				assert.Equal(t, time.Since(began).Round(time.Second), tc.after)
				assert.Equal(t, server.Count(linqtest.ListChats), tc.calls)
				assert.Equal(t, index.Name(id) != "", tc.knows)

				again := chatindex.New(chatindex.Config{Lister: server.Client, Region: "US"})
				again.Inherit(index)
				assert.Equal(t, again.Name(id) != "", tc.knows)
				if tc.knows {
					again.Fill(t.Context())
					assert.Equal(t, server.Count(linqtest.ListChats), tc.calls, "what is known is not asked for")
				}
			})
		})
	}
}

func TestFillEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, index := slowIndex(t)
		server.Fail(linqtest.ListChats, 0, linqtest.Fault{Status: http.StatusServiceUnavailable, Code: 4004})
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		index.Fill(ctx)
		assert.Equal(t, server.Count(linqtest.ListChats), 2)
	})
}
