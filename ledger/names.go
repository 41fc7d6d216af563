package ledger

import (
	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/store"
)

// What the ledger keeps is defined by the packages below, each with its SQL. These are its names for everybody else.
type (
	Secret     = store.Secret
	Limits     = limits.Limits
	Limit      = limits.Limit
	LimitError = limits.LimitError
)

// NewSecret makes a [Secret] of text.
func NewSecret(text string) Secret { return store.NewSecret(text) }
