package linq

import "net/http"

// RetryAdvice says whether a call that ended in an error code can succeed when it is made again. It
// explains an error to people; what linqbot itself does again is [Error.Retriable].
type RetryAdvice int

// The kinds of [RetryAdvice].
const (
	retryUnknown      RetryAdvice = iota // nothing is documented
	retryNever                           // the same call fails again
	RetryAfterWait                       // after the wait that the answer names
	RetrySeconds                         // after some seconds
	RetryAfterReading                    // once a fresh read of the chat shows that it still makes sense
	RetryLater                           // not now, and not by itself
	retryDepends                         // on something outside the call, such as a setting at Linq
)

// Error codes of Linq that linqbot tells apart. [LookUp] knows these and all others that are
// documented.
const (
	CodeMissingField       = 1001
	CodeInvalidPhone       = 1002
	CodeInvalidBody        = 1003
	CodeInvalidParameter   = 1005
	CodeNotAGroup          = 1006
	CodeRateLimited        = 1007
	CodeChatNotFound       = 2001
	CodeUnauthorized       = 2004
	CodeAccessDenied       = 2005
	CodeLineNotYours       = 2006
	CodeSandboxOnly        = 2008 // the recipient must first write to a sandbox line
	CodeChatBeingCreated   = 2009
	CodeFeatureNotEnabled  = 2011
	CodeChatUnavailable    = 2013 // our line has left the chat
	CodeStateConflict      = 2015
	CodeServiceUnsupported = 2017 // not possible on the chat's service, such as SMS
	CodeOptedOut           = 2024
	CodeLineIneligible     = 2027 // our line may not act for now; reading still works
	CodeServiceUnavailable = 4004
	CodeNotSupported       = 4005 // the recipient cannot be reached on the chat's service
)

// Entry is what Linq documents about one error code.
type Entry struct {
	Code       int
	HTTPStatus int    // 0 if it is not documented, or the code only comes by webhook
	Meaning    string // a clause without a full stop: "the chat does not exist"
	Retry      RetryAdvice
}

// LookUp returns what is documented about an error code. Codes that are not in the catalogue do
// come (Linq adds to it); such an error is judged by its HTTP status.
func LookUp(code int) (Entry, bool) {
	for _, entry := range Catalogue() {
		if entry.Code == code {
			return entry, true
		}
	}
	return Entry{}, false
}

// Catalogue returns all documented error codes in ascending order. The slice is the caller's.
//
// Source: https://docs.linqapp.com/error/ (mid 2026), and for the codes after 2022 the comments of
// Linq's Go SDK. Where Linq gives no advice of its own, Retry follows its rule for the ranges: 1xxx
// and 2xxx no, 3xxx yes, the rest depends.
func Catalogue() []Entry {
	return []Entry{
		{CodeMissingField, http.StatusBadRequest, "a required field is missing from the request", retryNever},
		{CodeInvalidPhone, http.StatusBadRequest, "the handle is not a phone number in E.164 form", retryNever},
		{CodeInvalidBody, http.StatusBadRequest, "the request's body is not valid JSON", retryNever},
		{1004, http.StatusBadRequest, "the parts of the message are not valid", retryNever},
		{CodeInvalidParameter, http.StatusBadRequest, "a value in the request is not valid", retryNever},
		{CodeNotAGroup, http.StatusConflict, "this is a one-to-one chat, whose people cannot be changed", retryNever},
		{CodeRateLimited, http.StatusTooManyRequests, "too many calls in a short time", RetryAfterWait},
		{1008, http.StatusBadRequest, "the iMessage app message is not valid", retryNever},

		{CodeChatNotFound, http.StatusNotFound, "the chat does not exist", retryNever},
		{2002, http.StatusNotFound, "the message does not exist", retryNever},
		{2003, http.StatusNotFound, "the attachment does not exist", retryNever},
		{CodeUnauthorized, http.StatusUnauthorized, "the API key is missing or wrong", retryNever},
		{CodeAccessDenied, http.StatusForbidden, "this belongs to another account", retryNever},
		{CodeLineNotYours, http.StatusForbidden, "the line belongs to another account", retryNever},
		{2007, http.StatusNotFound, "the attachment is still being processed", RetrySeconds},
		{CodeSandboxOnly, http.StatusForbidden, "the recipient must first text the sandbox line", retryNever},
		{CodeChatBeingCreated, http.StatusConflict, "the chat is still being created", RetrySeconds},
		{2010, http.StatusNotFound, "the webhook subscription does not exist", retryNever},
		{CodeFeatureNotEnabled, http.StatusForbidden, "the feature is not enabled for the account", retryNever},
		{2012, http.StatusNotFound, "there is no contact card", retryNever},
		{CodeChatUnavailable, http.StatusConflict, "the chat is unavailable, because your line has left it", retryNever},
		{2014, http.StatusConflict, "there is a contact card already", retryNever},
		{CodeStateConflict, http.StatusConflict, "the request conflicts with the current state", RetryAfterReading},
		{2016, http.StatusConflict, "this is not possible in group chats", retryNever},
		{CodeServiceUnsupported, http.StatusConflict, "this is not possible on the chat's service", retryNever},
		{2018, http.StatusConflict, "an app message needs iMessage", retryNever},
		{2019, http.StatusNotFound, "the phone number id does not exist", retryNever},
		{2021, http.StatusNotFound, "the payment request does not exist", retryNever},
		{2022, http.StatusInternalServerError, "the contact card could not be set up", RetrySeconds},
		{2023, http.StatusConflict, "people cannot be mentioned in a one-to-one chat", retryNever},
		{CodeOptedOut, http.StatusForbidden, "the recipient has opted out", retryNever},
		{2026, http.StatusForbidden, "the recipient is blocked", retryNever},
		{CodeLineIneligible, http.StatusForbidden, "your line may not do this for now", RetryLater},
		{2028, 0, "an App Clip is not possible on this service", retryNever},

		{3001, http.StatusInternalServerError, "Linq had trouble inside", RetrySeconds},
		{3002, http.StatusInternalServerError, "Linq had trouble inside", RetrySeconds},
		{3003, http.StatusInternalServerError, "Linq had trouble inside", RetrySeconds},
		{3004, http.StatusInternalServerError, "Linq had trouble inside", RetrySeconds},
		{3005, http.StatusGatewayTimeout, "Linq ran into a network timeout", RetrySeconds},
		{3006, http.StatusInternalServerError, "Linq had an internal error", RetrySeconds},
		{3007, http.StatusInternalServerError, "Linq gave up after too many attempts at delivery", RetryLater},

		{4001, http.StatusInternalServerError, "the delivery failed", RetrySeconds},
		{4002, http.StatusInternalServerError, "the line is not available", retryDepends},
		{4003, http.StatusInternalServerError, "Linq could not deliver a webhook", retryDepends},
		{CodeServiceUnavailable, http.StatusServiceUnavailable, "the service is unavailable for now", RetrySeconds},
		{CodeNotSupported, http.StatusUnprocessableEntity, "the recipient does not support this kind of message", retryNever},
		{4006, 0, "the message failed", retryUnknown},
		{4007, 0, "the message failed", retryUnknown},
		{4008, 0, "the message failed", retryUnknown},
		{4009, http.StatusServiceUnavailable, "it could not be checked whether the recipient has RCS", retryDepends},
		{4010, http.StatusServiceUnavailable, "it could not be checked whether the recipient has RCS", retryDepends},

		{5001, http.StatusInternalServerError, "the file could not be uploaded", retryDepends},
		{5002, http.StatusInternalServerError, "the file could not be downloaded", retryDepends},
		{5003, http.StatusInternalServerError, "no address could be made for the file", retryDepends},
		{5004, http.StatusBadRequest, "the type of the file is not supported", retryDepends},
		{5005, http.StatusBadRequest, "the file is too large", retryDepends},
		{5006, http.StatusBadRequest, "the file's type does not match its address", retryDepends},
		{5007, 0, "the attachment or image could not be used", retryDepends},
	}
}
