package store_test

import (
	"fmt"
	"strings"
	"testing"

	"linqbot/ledger/internal/store"
)

func TestNothingPrivatePrints(t *testing.T) {
	t.Parallel()
	type row struct{ Handle, ResponseURL store.Secret }
	r := row{Handle: store.NewSecret("+14155550132"), ResponseURL: store.NewSecret("https://hooks.example.com/d1")}
	wrapped := struct{ row row }{r} // fmt calls no methods on unexported fields
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, r) + fmt.Sprintf(verb, wrapped); strings.Contains(got, "4155550132") || strings.Contains(got, "hooks.example.com") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}
