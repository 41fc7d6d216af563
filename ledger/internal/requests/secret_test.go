package requests_test

import (
	"fmt"
	"strings"
	"testing"

	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

func TestNothingPrivatePrints(t *testing.T) {
	t.Parallel()
	r := requests.Request{
		Order: requests.Order{
			ResponseURL: store.NewSecret("https://hooks.example.com/d1"), Handle: store.NewSecret("+14155550132"),
		},
		ListedHandle: store.NewSecret("+14155550132"),
	}
	wrapped := struct{ request requests.Request }{r} // fmt calls no methods on unexported fields
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, r) + fmt.Sprintf(verb, wrapped); strings.Contains(got, "4155550132") || strings.Contains(got, "hooks.example.com") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}
