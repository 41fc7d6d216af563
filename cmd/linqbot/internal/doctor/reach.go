package doctor

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"linqbot/bot"
	"linqbot/bot/ingress"
	"linqbot/bot/slackapi"
	"linqbot/cmd/linqbot/internal/build"
)

// checkReach verifies the URL as Slack does when it is entered: with a signed challenge, which only a
// linqbot that has the same signing secret gives back.
func (e *checkup) checkReach(ctx context.Context) []finding {
	if e.base == "" {
		return skip("--url was not given")
	}
	if reason := e.wrong("SLACK_SIGNING_SECRET"); reason != "" {
		return skip("%s", reason)
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	challenge := rand.Text()
	body, err := json.Marshal(map[string]string{"type": "url_verification", "challenge": challenge})
	if err != nil {
		return fail("", "%s", err)
	}
	address := e.base + bot.EventsPath
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fail("", "%s", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(ingress.ExplainHeader, "1")
	slackapi.Sign(request.Header, e.settings.SigningSecrets[0], time.Now(), body)
	response, err := slackapi.NewHTTPClient().Do(request)
	if err != nil {
		return unreached(address, err)
	}
	defer response.Body.Close()
	const longest = 64 << 10
	answer, err := io.ReadAll(io.LimitReader(response.Body, longest))
	if err != nil {
		return fail("see the log of the proxy before linqbot", "the answer of %s broke off: %s", address, err)
	}
	found := e.judgeAnswer(address, challenge, response, answer)
	if found[0].Status == fine && e.settings.Webhooks != nil {
		if lost := e.webhooksLost(ctx); lost != nil {
			return lost
		}
	}
	return found
}

// webhooksLost finds a proxy that passes on Slack's path and not Linq's: Linq would get a 404, and not
// send the event again. An event that nobody signed is refused by a linqbot, and does nothing.
func (e *checkup) webhooksLost(ctx context.Context) []finding {
	address := e.base + bot.LinqWebhooksPath
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader("{}"))
	if err != nil {
		return fail("", "%s", err)
	}
	response, err := slackapi.NewHTTPClient().Do(request)
	if err != nil {
		return unreached(address, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		return fail("let the proxy pass on "+bot.LinqWebhooksPath+" to linqbot, and set LINQ_WEBHOOK_SECRET there",
			"Slack's path leads to linqbot, but %s answers %s to an event that nobody signed, which linqbot would refuse (401)", address, response.Status)
	}
	return nil
}

// unreached tells apart the ways in which no answer came.
func unreached(address string, err error) []finding {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	host := address
	if at, parseErr := url.Parse(address); parseErr == nil {
		host = at.Host
	}
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		return fail("make a DNS record for it, or correct --url", "the name %s is not found: %s", name.Name, name.Err)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fail("give "+host+" a certificate that browsers trust, with its whole chain", "TLS: %s", err)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return fail("serve TLS there, or name the right port in --url", "TLS: %s does not speak it", host)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fail("open the port in the firewall, and see that linqbot or its proxy listens there", "%s did not answer within %s", host, callTime)
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return fail("see that linqbot or its proxy listens there, and that the firewall lets it through", "no connection: %s", err)
	}
	return fail("see the log of the proxy before linqbot", "no answer from %s: %s", host, err)
}

// judgeAnswer tells linqbot's answers from those of what is before it.
func (e *checkup) judgeAnswer(address, challenge string, response *http.Response, body []byte) []finding {
	code := response.StatusCode
	switch {
	case code == http.StatusUnauthorized:
		return judgeRefusal(address, response.Header)
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		return fail("let the proxy pass on /slack/ and /linq/ with the same path to linqbot", "%s answers %s: something is there, but its path does not lead to linqbot", address, response.Status)
	case code == http.StatusBadGateway || code == http.StatusServiceUnavailable || code == http.StatusGatewayTimeout:
		return fail("see that linqbot serve runs, and that the proxy knows its LISTEN_ADDR", "%s answers %s: the proxy does not reach linqbot", address, response.Status)
	case code >= http.StatusMultipleChoices && code < http.StatusBadRequest:
		return fail("name the address that it redirects to, and in the manifest too: Slack follows no redirects", "%s redirects to %s", address, response.Header.Get("Location"))
	case code != http.StatusOK:
		return fail("see the log of the proxy before linqbot", "%s answers %s", address, response.Status)
	}
	var said struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(body, &said) != nil || said.Challenge != challenge {
		return fail("let the proxy pass on /slack/ and /linq/ to linqbot", "%s answers 200, but not as linqbot does: something else is there", address)
	}
	return judgeBuild(address, response.Header.Get(bot.BuildHeader), e.build)
}

// judgeRefusal tells apart why the signature was refused. An older linqbot does not say.
func judgeRefusal(address string, header http.Header) []finding {
	why := header.Get(ingress.RefusedHeader)
	switch {
	case why == ingress.RefusedNoSignature || why == ingress.RefusedNoTimestamp:
		_, name, _ := strings.Cut(why, " ")
		return fail("let the proxy pass on the headers of Slack and Linq as they are",
			"%s refuses the signature (401): the header %s was removed on the way", address, name)
	case why == ingress.RefusedTooOld:
		return fail("set the clocks by NTP, here and there; else let the proxy pass on the header X-Slack-Request-Timestamp as it is",
			"%s refuses the signature (401): the time in it is more than five minutes from that of the linqbot there", address)
	case why == ingress.RefusedWrong:
		return fail("give both the same SLACK_SIGNING_SECRET; else see that no proxy changes bodies",
			"%s refuses the signature (401): the linqbot there has another signing secret, or the request was changed on the way", address)
	case header.Get("WWW-Authenticate") != "":
		return fail("let the proxy ask for no password below /slack/ and /linq/", "%s asks for a password (401): something before linqbot does", address)
	default:
		return fail("give both the same SLACK_SIGNING_SECRET; else see the checks of the clocks, there too, and that no proxy changes bodies or asks for a password",
			"%s refuses the signature (401): the linqbot there has another signing secret, its clock is off, or the request was changed on the way", address)
	}
}

// judgeBuild compares the build that answers at an address with this one. Each is a version, with the
// commit behind it where that is known.
func judgeBuild(address, there string, this build.Build) []finding {
	version, here := this.Version, this.String()
	switch {
	case there == here && here == version:
		return ok("a signed request through %s reaches this build (%s, as far as can be told without a commit)", address, here)
	case there == version && strings.HasPrefix(here, version+" "), here == version && strings.HasPrefix(there, version+" "):
		return warn("build both with their commit: in a clone, or with --build-arg COMMIT=…",
			"a signed request through %s reaches a linqbot of this version (%s); one of the two does not know its commit, so they may differ", address, version)
	case there != here:
		return fail("run the same build in both places", "the linqbot at %s is another build: %s; this one is %s", address, orUnknown(there), here)
	}
	return ok("a signed request through %s reaches this build (%s)", address, here)
}

func orUnknown(build string) string {
	if build == "" {
		return "an older one, which does not say"
	}
	return build
}
