package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// signStamp signs as Slack does, for any text that stands where the time should be.
func signStamp(secret, stamp, body string) (timestamp, signature string) {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":" + body))
	return stamp, "v0=" + hex.EncodeToString(mac.Sum(nil))
}
