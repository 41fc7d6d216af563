package linq

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
	CodeNetworkTimeout     = 3005
	CodeInternal           = 3006
	CodeServiceUnavailable = 4004
	CodeNotSupported       = 4005 // the recipient cannot be reached on the chat's service
)
