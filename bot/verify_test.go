package bot

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/bot/workspace/workspacetest"
)

// The example that Slack publishes.
// Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
const (
	publishedTime      = 1531420618
	publishedSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	publishedBody      = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
		"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com" +
		"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)

func publishedRequest(signature string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, CommandsPath, strings.NewReader(publishedBody))
	r.Header.Set("Content-Type", formType)
	r.Header.Set(slacktest.TimestampHeader, strconv.Itoa(publishedTime))
	r.Header.Set(slacktest.SignatureHeader, signature)
	return r
}

// The clock of the bubble stands where the test puts it, so that the stamp of 2018 is a fresh one.
func TestSlacksPublishedSignatureIsAccepted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, func(c *Config) {
			c.Commands = map[string]Command{"/webhook-collect": c.Commands[testCommand]}
			c.Teams = workspacetest.Known(t, "T1DC2JH3J")
		})
		time.Sleep(time.Until(time.Unix(publishedTime, 0)))

		assert.Equal(t, said(t, e.serve(publishedRequest(publishedSignature))), "Recorded.")
		runs := e.command.runs()
		assert.Equal(t, len(runs), 1)
		assert.Equal(t, runs[0].UserID, "U2CERLKJA")
		assert.Equal(t, runs[0].Delivery, "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c")

		// The same bytes are too old a moment after the five minutes, and not before: then they are known.
		time.Sleep(5 * time.Minute)
		again := e.serve(publishedRequest(publishedSignature))
		assert.Equal(t, again.status, http.StatusOK)
		assert.Equal(t, again.body, "")
		time.Sleep(time.Nanosecond)
		assert.Equal(t, e.serve(publishedRequest(publishedSignature)).status, http.StatusUnauthorized)

		wrong := strings.Replace(publishedSignature, "a2114d57", "a2114d58", 1)
		assert.Equal(t, e.serve(publishedRequest(wrong)).status, http.StatusUnauthorized)
		assert.Equal(t, len(e.command.runs()), 1)
	})
}

// The bubble begins in the year 2000: five minutes either way are exact there.
func TestStampsOfFiveMinutesEitherWay(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		off  time.Duration
		want int
	}{
		{"now", 0, http.StatusOK},
		{"4m59s old", -(5*time.Minute - time.Second), http.StatusOK},
		{"5m old", -5 * time.Minute, http.StatusOK},
		{"5m1s old", -(5*time.Minute + time.Second), http.StatusUnauthorized},
		{"5m ahead", 5 * time.Minute, http.StatusOK},
		{"5m1s ahead", 5*time.Minute + time.Second, http.StatusUnauthorized},
		{"a day ahead", 24 * time.Hour, http.StatusUnauthorized},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t)
				body := form("hello").Encode()
				r := signedRequest(t, CommandsPath, testSecret, body)
				sign(r, testSecret, time.Now().Add(tc.off), body)
				response := e.serve(r)
				assert.Equal(t, response.status, tc.want)
				if tc.want != http.StatusOK {
					e.wantRefused(response, tc.want)
				}
			})
		})
	}
}

func TestAnyOfTheSecretsMayHaveSigned(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(c *Config) { c.SigningSecrets = []string{testSecret, otherSecret} })
	for secret, want := range map[string]int{testSecret: http.StatusOK, otherSecret: http.StatusOK, "a third": http.StatusUnauthorized} {
		got := e.serve(signedRequest(t, CommandsPath, secret, form("hello").Encode()))
		assert.Equal(t, got.status, want, "signed with %q", secret)
	}
	assert.Equal(t, len(e.command.runs()), 2)
}

func TestWithoutSecretsNobodyGetsIn(t *testing.T) {
	t.Parallel()
	for _, secrets := range [][]string{nil, {""}} {
		e := newEdge(t, func(c *Config) { c.SigningSecrets = secrets })
		e.wantRefused(e.serve(signedRequest(t, CommandsPath, "", form("hello").Encode())), http.StatusUnauthorized)
	}
}

// What is not signed is refused with a bare 401, whatever is wrong with it.
func TestUnsignedIsRefused(t *testing.T) {
	t.Parallel()
	const marker = "marker-4155550132"
	absurd := func(stamp string) func(*http.Request) {
		return func(r *http.Request) {
			// Signed, so that nothing but the stamp speaks against it.
			_, signature := signStamp(testSecret, stamp, form(marker).Encode())
			r.Header.Set(slacktest.TimestampHeader, stamp)
			r.Header.Set(slacktest.SignatureHeader, signature)
		}
	}
	for name, spoil := range map[string]func(*http.Request){
		"no headers": func(r *http.Request) {
			r.Header.Del(slacktest.SignatureHeader)
			r.Header.Del(slacktest.TimestampHeader)
		},
		"no signature":     func(r *http.Request) { r.Header.Del(slacktest.SignatureHeader) },
		"no stamp":         func(r *http.Request) { r.Header.Del(slacktest.TimestampHeader) },
		"empty signature":  func(r *http.Request) { r.Header.Set(slacktest.SignatureHeader, "") },
		"only v0=":         func(r *http.Request) { r.Header.Set(slacktest.SignatureHeader, "v0=") },
		"without v0=":      func(r *http.Request) { cutSignature(r, func(s string) string { return s[3:] }) },
		"v1=":              func(r *http.Request) { cutSignature(r, func(s string) string { return "v1=" + s[3:] }) },
		"short hex":        func(r *http.Request) { cutSignature(r, func(s string) string { return s[:len(s)-2] }) },
		"half a byte":      func(r *http.Request) { cutSignature(r, func(s string) string { return s[:len(s)-1] }) },
		"long hex":         func(r *http.Request) { cutSignature(r, func(s string) string { return s + "00" }) },
		"no hex":           func(r *http.Request) { r.Header.Set(slacktest.SignatureHeader, "v0="+strings.Repeat("z", 64)) },
		"marker for one":   func(r *http.Request) { r.Header.Set(slacktest.SignatureHeader, "v0="+marker) },
		"zeroes":           func(r *http.Request) { r.Header.Set(slacktest.SignatureHeader, "v0="+strings.Repeat("0", 64)) },
		"wrong secret":     func(r *http.Request) { sign(r, otherSecret, time.Now(), form(marker).Encode()) },
		"empty secret":     func(r *http.Request) { sign(r, "", time.Now(), form(marker).Encode()) },
		"one byte changed": func(r *http.Request) { sign(r, testSecret, time.Now(), form(marker).Encode()+"x") },
		"one byte less":    func(r *http.Request) { sign(r, testSecret, time.Now(), strings.TrimPrefix(form(marker).Encode(), "c")) },
		"other stamp": func(r *http.Request) {
			r.Header.Set(slacktest.TimestampHeader, strconv.FormatInt(time.Now().Unix()-1, 10))
		},
		"stamp is no time":  absurd("soon"),
		"stamp in decimals": absurd(strconv.FormatInt(time.Now().Unix(), 10) + ".0"),
		"stamp with space":  absurd(strconv.FormatInt(time.Now().Unix(), 10) + " "),
		"stamp zero":        absurd("0"),
		"stamp negative":    absurd("-1"),
		"largest stamp":     absurd(strconv.FormatInt(math.MaxInt64, 10)),
		"smallest stamp":    absurd(strconv.FormatInt(math.MinInt64, 10)),
		"stamp overflows":   absurd("9223372036854775808"),
		"stamp in millis":   absurd(strconv.FormatInt(time.Now().UnixMilli(), 10)),
		"two signatures": func(r *http.Request) {
			good := r.Header.Get(slacktest.SignatureHeader)
			r.Header[slacktest.SignatureHeader] = []string{"v0=" + strings.Repeat("0", 64), good}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			r := signedRequest(t, CommandsPath, testSecret, form(marker).Encode())
			spoil(r)
			e.wantRefused(e.serve(r), http.StatusUnauthorized)
			assert.Assert(t, strings.Contains(e.log.String(), "signature does not hold"), e.log)
			assert.Assert(t, !strings.Contains(e.log.String(), marker), e.log)
		})
	}
}

func TestAnEmptyBodyIsNoCommand(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	r := signedRequest(t, CommandsPath, otherSecret, "")
	e.wantRefused(e.serve(r), http.StatusUnauthorized)
	e.wantRefused(e.serve(signedRequest(t, CommandsPath, testSecret, "")), http.StatusBadRequest)
}

func cutSignature(r *http.Request, cut func(string) string) {
	r.Header.Set(slacktest.SignatureHeader, cut(r.Header.Get(slacktest.SignatureHeader)))
}
