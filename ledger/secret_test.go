package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"linqbot/ledger"
)

func TestNothingPrivatePrints(t *testing.T) {
	t.Parallel()
	r := ledger.Request{Order: order("d1", "+14155550132"), ListedHandle: ledger.NewSecret("+14155550132")}
	wrapped := struct{ request ledger.Request }{r} // fmt calls no methods on unexported fields
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, r) + fmt.Sprintf(verb, wrapped); strings.Contains(got, "4155550132") || strings.Contains(got, "hooks.example.com") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}
