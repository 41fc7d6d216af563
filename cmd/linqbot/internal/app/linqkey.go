package app

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/sirupsen/logrus"

	"linqbot/linq"
)

// linqKey knows from each call whether Linq accepts the API key.
type linqKey struct {
	refused atomic.Bool
	log     *logrus.Entry
}

// called takes note of a call that has ended. Trouble of another kind says nothing about the key.
func (k *linqKey) called(c linq.Call) {
	switch {
	case c.HTTPStatus == http.StatusUnauthorized:
		if !k.refused.Swap(true) {
			k.log.Error("Linq does not accept the API key: nobody can be removed until LINQ_API_V3_API_KEY is replaced")
		}
	case c.HTTPStatus >= http.StatusOK && c.HTTPStatus < http.StatusMultipleChoices:
		if k.refused.Swap(false) {
			k.log.Info("Linq accepts the API key again")
		}
	}
}

// tryKey lists our own lines, which are needed soon anyway, without waiting for them. That shows whether Linq accepts
// the key before somebody needs it.
func (i *instance) tryKey(ctx context.Context) { i.lines.Refresh(ctx) }

// remark is what /readyz adds to its answer; "" if there is nothing to say.
func (k *linqKey) remark() string {
	if k.refused.Load() {
		return "Linq does not accept LINQ_API_V3_API_KEY: nobody can be removed until it is replaced"
	}
	return ""
}
