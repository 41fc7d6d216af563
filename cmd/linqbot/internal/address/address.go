// Package address checks the addresses that people give to linqbot's commands. Errors are the rest of
// a sentence that begins with what was given, such as a flag.
//
// It reads addresses and calls none. Begin reading at [Public].
package address

import (
	"errors"
	"net/url"
	"strings"

	"linqbot/internal/loopback"
)

// Public returns the address at which the world reaches linqbot, without a slash at its end.
func Public(text string) (string, error) {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Hostname() == "" || address.Opaque != "":
		return "", errors.New("is no address: write https://host")
	case address.Scheme != "https":
		return "", errors.New("must be an https URL: Slack calls nothing else")
	case address.User != nil || address.Fragment != "":
		return "", errors.New("must have no user name, password or #fragment")
	case address.RawQuery != "" || address.ForceQuery:
		return "", errors.New("must have no query: write https://host")
	}
	address.Scheme, address.Host = "https", strings.ToLower(address.Host)
	base := strings.TrimRight(address.String(), "/")
	if strings.ContainsAny(base, "\"'\\ \t\r\n") {
		return "", errors.New("has a character that no address has: write https://host")
	}
	return base, nil
}

// PublicOrLocal is [Public], and takes http for this machine too.
func PublicOrLocal(text string) (string, error) {
	rest, plain := strings.CutPrefix(text, "http://")
	if at, err := url.Parse(text); !plain || err != nil || !loopback.Is(at.Hostname()) {
		return Public(text)
	}
	base, err := Public("https://" + rest)
	return strings.Replace(base, "https://", "http://", 1), err
}
