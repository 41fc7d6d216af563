// Package address checks the addresses that people give to linqbot's commands. Errors are the rest of
// a sentence that begins with what was given, such as a flag.
//
// It reads addresses and calls none. Begin reading at [Public].
package address

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"linqbot/linq/loopback"
)

// Public returns the address at which the world reaches linqbot, without a slash at its end. It may have
// a path, below which a proxy serves linqbot. People also paste the whole address of a route; the path of
// the route is then cut off.
func Public(text string, routes []string) (string, error) {
	if !strings.Contains(text, "://") {
		return "", withoutScheme(text)
	}
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Hostname() == "" || address.Opaque != "":
		return "", errors.New("is no address: write https://host")
	case address.Scheme != "https":
		return "", errors.New("must be an https URL: Slack and Linq call nothing else")
	case address.User != nil || address.Fragment != "":
		return "", errors.New("must have no user name, password or #fragment")
	case address.RawQuery != "" || address.ForceQuery:
		return "", errors.New("must have no query (the ? and what follows): write https://host")
	}
	address.Scheme, address.Host = "https", strings.ToLower(address.Host)
	base := withoutRoute(strings.TrimRight(address.String(), "/"), routes)
	if strings.ContainsAny(base, "\"'\\ \t\r\n") {
		return "", errors.New("has a character that no address has: write https://host")
	}
	return base, nil
}

// PublicOrLocal is [Public], and takes http for this machine too.
func PublicOrLocal(text string, routes []string) (string, error) {
	rest, plain := strings.CutPrefix(text, "http://")
	if at, err := url.Parse(text); !plain || err != nil || !loopback.Is(at.Hostname()) {
		return Public(text, routes)
	}
	base, err := Public("https://"+rest, routes)
	return strings.Replace(base, "https://", "http://", 1), err
}

// withoutScheme shows how the address is written, if that is all that it lacks.
func withoutScheme(text string) error {
	at, err := url.Parse("https://" + text)
	if err != nil || at.Hostname() == "" || at.User != nil ||
		strings.HasPrefix(text, "http:") || strings.HasPrefix(text, "https:") || strings.ContainsAny(text, "\"'\\ \t\r\n?#") {
		return errors.New("is no address: write https://host")
	}
	return fmt.Errorf("is no address without https:// at its beginning: write https://%s", strings.TrimRight(text, "/"))
}

func withoutRoute(base string, routes []string) string {
	for _, route := range routes {
		if cut, found := strings.CutSuffix(base, route); found {
			return strings.TrimRight(cut, "/")
		}
	}
	return base
}
