package bot

import (
	"os"
	"testing"

	"linqbot/ledger/ledgertest"
)

func TestMain(m *testing.M) { os.Exit(ledgertest.RunSideBySide(m)) }
