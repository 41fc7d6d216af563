package linq

import "errors"

// MaxListedPages is the bound of a listing.
const MaxListedPages = maxListedPages

// IsNotFound reports whether err is an [Error] with 404.
func IsNotFound(err error) bool { return isNotFound(err) }

// Retriable reports whether the call that ended in err may succeed later: no answer, an unreadable one, or an
// [Error] that is retriable itself.
func Retriable(err error) bool {
	if refusal, ok := errors.AsType[*Error](err); ok {
		return refusal.Retriable()
	}
	if _, ok := errors.AsType[*NoAnswerError](err); ok {
		return true
	}
	_, ok := errors.AsType[*UnreadableError](err)
	return ok
}
