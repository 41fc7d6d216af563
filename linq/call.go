package linq

import (
	"errors"
	"time"
)

// Call is what [Config.Observe] is told of a call. It holds nothing of what was asked or answered.
type Call struct {
	Op         string        // what was tried: "remove participant"
	HTTPStatus int           // 0 if no answer came
	Code       int           // error.code of a refusal if it is a documented one, see [LookUp]; 0 otherwise
	Took       time.Duration // until the answer was read, or none was waited for any more
}

// Unauthorized reports whether the API key was not accepted.
func (c Call) Unauthorized() bool { return (&Error{HTTPStatus: c.HTTPStatus}).Unauthorized() }

func callOf(op string, got answer, err error, took time.Duration) Call {
	call := Call{Op: op, HTTPStatus: got.status, Took: took}
	if refusal, ok := errors.AsType[*Error](err); ok {
		call.HTTPStatus = refusal.HTTPStatus
		if _, documented := LookUp(refusal.Code); documented {
			call.Code = refusal.Code
		}
	}
	return call
}
