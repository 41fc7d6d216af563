package webhook_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"linqbot/cmd/linqbot/internal/webhook"
)

type resolver struct{ err error }

func (r resolver) LookupHost(_ context.Context, host string) ([]string, error) {
	if host != "bot.example" {
		return nil, errors.New("asked for " + host)
	}
	return []string{"192.0.2.1"}, r.err
}

func TestAHostThatNobodyKnows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err   error
		hints bool
	}{
		"known":       {nil, false},
		"not known":   {&net.DNSError{Err: "no such host", IsNotFound: true}, true},
		"no answer":   {&net.DNSError{Err: "timeout", IsTimeout: true}, false},
		"other error": {errors.New("refused"), false},
	} {
		hint := webhook.HostHint(t.Context(), resolver{test.err}, "https://bot.example:8443/linq/webhooks?version=1")
		if got := strings.Contains(hint, "bot.example is not known"); got != test.hints {
			t.Errorf("%s: %q", name, hint)
		}
	}
}
