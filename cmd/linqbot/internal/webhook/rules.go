package webhook

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"

	"linqbot/bot"
	"linqbot/cmd/linqbot/internal/address"
	"linqbot/linq"
)

// OurEvents are what linqbot acts on.
func OurEvents() []string {
	return append(endingEvents(), linq.EventChatCreated, linq.EventGroupNameUpdated, linq.EventLineStatusUpdated)
}

// endingEvents are those by which requests end.
func endingEvents() []string {
	return []string{linq.EventParticipantRemoved, linq.EventParticipantAdded}
}

// Ends tells whether requests end by a subscription's webhooks, whatever else it lacks.
func Ends(s linq.Subscription) bool {
	for _, event := range endingEvents() {
		if !slices.Contains(s.Events, event) {
			return false
		}
	}
	return s.Active && namesVersion(s)
}

func namesVersion(s linq.Subscription) bool {
	target, err := url.Parse(s.TargetURL)
	return err == nil && target.Query().Get(versionParameter) == linq.WebhookVersion
}

func wantsOurEvents(s linq.Subscription) bool {
	return slices.Equal(slices.Sorted(slices.Values(s.Events)), slices.Sorted(slices.Values(OurEvents())))
}

const versionParameter = "version"

// PinnedURL returns the address of linqbot's webhooks, with the version that linqbot reads, for the address
// at which the world reaches linqbot. A query may follow if the address is that of the webhooks already: it
// tells two bots behind one address apart. The error is the rest of a sentence.
func PinnedURL(text string) (string, error) {
	place, queryText, hasQuery := strings.Cut(text, "?")
	if hasQuery && !strings.HasSuffix(strings.TrimRight(place, "/"), bot.LinqWebhooksPath) {
		place = text // its error says that there is a query
	}
	base, err := address.PublicOrLocal(place, bot.Paths())
	if err != nil {
		return "", err
	}
	if strings.Contains(queryText, "#") {
		return "", errors.New("must have no user name, password or #fragment")
	}
	query, err := url.ParseQuery(queryText)
	if err != nil {
		return "", errors.New("has a query that cannot be read")
	}
	query.Set(versionParameter, linq.WebhookVersion)
	return base + bot.LinqWebhooksPath + "?" + query.Encode(), nil
}

// endpoint is what stays of an address without the version: two subscriptions with the same one
// deliver to the same place. Another query parameter makes another place, for that is how two bots
// behind one address are told apart.
func endpoint(address string) string {
	target, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := target.Query()
	query.Del(versionParameter)
	target.RawQuery, target.ForceQuery = query.Encode(), false
	target.Scheme, target.Host = strings.ToLower(target.Scheme), strings.ToLower(target.Host)
	if target.Scheme == "https" {
		target.Host = strings.TrimSuffix(target.Host, ":443")
	}
	target.Path = cmp.Or(target.Path, "/")
	return target.String()
}

// Faults says in what a subscription differs from one that linqbot makes.
func Faults(s linq.Subscription) (faults []string) {
	if !namesVersion(s) {
		faults = append(faults, "its URL does not name version "+linq.WebhookVersion)
	}
	if !wantsOurEvents(s) {
		faults = append(faults, "its events are others")
	}
	if !s.Active {
		faults = append(faults, "it is not active")
	}
	return faults
}

// LeadsToLinqbot tells whether a subscription delivers to a linqbot, by its path.
func LeadsToLinqbot(s linq.Subscription) bool {
	target, err := url.Parse(s.TargetURL)
	return err == nil && strings.HasSuffix(target.Path, bot.LinqWebhooksPath)
}

// ours tells whether a subscription is a linqbot's, by its path or its events.
func ours(s linq.Subscription) string {
	switch {
	case !LeadsToLinqbot(s) && !wantsOurEvents(s):
		return "no"
	case len(Faults(s)) > 0:
		return "yes, subscribe again to repair it"
	}
	return "yes"
}

// LeadsTo tells whether a subscription delivers to the linqbot at base. A query may follow: it tells
// subscriptions apart.
func LeadsTo(s linq.Subscription, base string) bool {
	place, _, _ := strings.Cut(endpoint(s.TargetURL), "?")
	return place == endpoint(base+bot.LinqWebhooksPath)
}

// AddressToGive is an address as people give it to the subscribe command: that of linqbot, or with its query
// that of the webhooks.
func AddressToGive(targetURL string) string {
	target, err := url.Parse(targetURL)
	if err != nil {
		return targetURL
	}
	query := target.Query()
	query.Del(versionParameter)
	target.RawQuery = query.Encode()
	if target.RawQuery == "" {
		target.Path, target.RawPath = strings.TrimSuffix(target.Path, bot.LinqWebhooksPath), ""
	}
	return target.String()
}
