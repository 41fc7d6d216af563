package publish

import (
	"os"
	"testing"

	"linqbot/ledger/ledgertest/sidebyside"
)

func TestMain(m *testing.M) { os.Exit(sidebyside.Run(m)) }
