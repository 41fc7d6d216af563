package commandstest

import (
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// ClientOf calls a Linq that is served on a real port.
func ClientOf(tb testing.TB, server *linqtest.Linq) *linq.Client {
	tb.Helper()
	client, err := linq.New(linq.Config{BaseURL: server.BaseURL(), APIKey: server.APIKey()})
	assert.NilError(tb, err)
	tb.Cleanup(client.CloseIdleConnections)
	return client
}

// ManyChats are an account's: each has a name, a number and an address of its own.
func ManyChats(count int) []linqtest.Chat {
	began := time.Date(2026, 3, 9, 16, 45, 10, 0, time.UTC)
	chats := make([]linqtest.Chat, count)
	for i := range chats {
		chats[i] = linqtest.Group(fmt.Sprintf("Café %04d of the spring launch", i), Line,
			fmt.Sprintf("+1415555%04d", i), fmt.Sprintf("+1202556%04d", i), fmt.Sprintf("person%04d@example.com", i), Ben)
		chats[i].ID = fmt.Sprintf("%08x-1111-4222-8333-444455556666", 0x10000000+i)
		chats[i].UpdatedAt = began.Add(time.Duration(i) * time.Second)
	}
	return chats
}
