package doctor

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	"gopkg.in/yaml.v3"

	"linqbot/bot/slackapi"
	"linqbot/manifests"
)

// noSlack returns why the checks that need a working token are skipped; "" if they are made.
func (e *checkup) noSlack() string {
	if reason := e.wrong("SLACK_BOT_TOKEN", "SLACK_API_URL"); reason != "" {
		return reason
	}
	if _, err := e.identity(); err != nil {
		return "the bot token could not be checked, or is not accepted"
	}
	return ""
}

// slackTrouble is what a call to Slack that failed comes to.
func (e *checkup) slackTrouble(what string, err error) []finding {
	switch code, status := slackapi.Code(err), slackapi.Status(err); {
	case status >= http.StatusInternalServerError:
		return fail("run linqbot doctor again in a minute; if it stays, see https://slack-status.com", "%s: Slack answers %d", what, status)
	case status != 0:
		return fail("see that SLACK_API_URL is Slack's: https://slack.com/api/", "%s: %s answers %d, which Slack's API does not", what, e.settings.SlackURL, status)
	case code == "":
		return fail("let this machine reach "+e.settings.SlackURL+"; through a proxy, set HTTPS_PROXY", "%s: Slack did not answer: %s", what, err)
	case code == "missing_scope":
		return skip("a scope for it is missing")
	case code == "ratelimited":
		return warn("run linqbot doctor again in a minute", "%s: Slack asks for a pause", what)
	default:
		return fail("look the code up at https://docs.slack.dev/reference/methods", "%s: Slack says %s", what, code)
	}
}

func (e *checkup) checkToken(context.Context) []finding {
	if reason := e.wrong("SLACK_BOT_TOKEN", "SLACK_API_URL"); reason != "" {
		return skip("%s", reason)
	}
	id, err := e.identity()
	switch slackapi.Code(err) {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type":
		return fail("copy the «Bot User OAuth Token» from the app's page «OAuth & Permissions» into SLACK_BOT_TOKEN; install the app there if there is none",
			"Slack does not accept %s: %s", e.mask(e.settings.SlackToken), slackapi.Code(err))
	}
	if err != nil {
		return e.slackTrouble("auth.test", err)
	}
	found := fmt.Sprintf("it is %s's in %s (%s), %s", id.User, id.Team, id.TeamID, id.Workspace)
	teams := e.settings.Teams
	isOrganisations := len(slackapi.WorkspacesAmong([]string{id.TeamID})) == 0 // any workspace named may be one of its own
	named := slices.Contains(teams, id.TeamID) || slices.Contains(teams, id.EnterpriseID) || isOrganisations && len(slackapi.WorkspacesAmong(teams)) > 0
	if len(teams) > 0 && !named {
		return warn("add "+id.TeamID+" to SLACK_TEAM_IDS, or unset it: it is then learned from the token", "%s, which SLACK_TEAM_IDS does not name: its requests are refused", found)
	}
	return ok("%s", found)
}

// checkScopes holds what was granted against the manifest of this program.
func (e *checkup) checkScopes(context.Context) []finding {
	if reason := e.noSlack(); reason != "" {
		return skip("%s", reason)
	}
	id, err := e.identity()
	if err != nil || id.Scopes == nil {
		return skip("Slack did not say which were granted")
	}
	wanted, err := wantedScopes()
	if err != nil {
		return fail("", "the manifest in this program cannot be read: %s", err)
	}
	missing, surplus := without(wanted, id.Scopes), without(id.Scopes, wanted)
	const fix = "print the manifest (linqbot manifest --url https://…), paste it at the app's page «App Manifest», and install the app again"
	say := fail
	if len(without(missing, spareScopes())) == 0 {
		say = warn
	}
	switch {
	case len(missing) > 0 && len(surplus) > 0:
		return say(fix, "missing: %s; more than linqbot needs: %s", strings.Join(missing, ", "), strings.Join(surplus, ", "))
	case len(missing) > 0:
		return say(fix, "missing: %s", strings.Join(missing, ", "))
	case len(surplus) > 0:
		return warn("take them off the app's page «OAuth & Permissions», and install the app again", "more than linqbot needs: %s", strings.Join(surplus, ", "))
	default:
		return ok("the %d of the manifest, and no others", len(wanted))
	}
}

// spareScopes are those of the manifest without which linqbot does less, and says so where it does.
func spareScopes() []string { return []string{"files:read", "files:write", "groups:read"} }

// wantedScopes are those of the manifest.
func wantedScopes() ([]string, error) {
	var app struct {
		OAuth struct {
			Scopes struct {
				Bot []string `yaml:"bot"`
			} `yaml:"scopes"`
		} `yaml:"oauth_config"`
	}
	err := yaml.Unmarshal(manifests.SlackApp(), &app)
	return app.OAuth.Scopes.Bot, err
}

// without returns what all has and other has not, sorted.
func without(all, other []string) []string {
	return slices.DeleteFunc(slices.Sorted(slices.Values(all)), func(each string) bool { return slices.Contains(other, each) })
}

// workspaces are those in which linqbot looks for user groups before a request has come from another.
func (e *checkup) workspaces() []string {
	ids := e.settings.Teams
	if own, err := e.identity(); err == nil && len(slackapi.WorkspacesAmong(ids)) == 0 {
		ids = []string{own.TeamID}
	}
	return slackapi.WorkspacesAmong(ids)
}

func (e *checkup) checkGroups(ctx context.Context) []finding {
	if reason := e.wrong("ALLOWED_USERGROUPS"); reason != "" {
		return skip("%s", reason)
	}
	if len(e.settings.Policy.Groups) == 0 {
		return skip("ALLOWED_USERGROUPS names none")
	}
	if reason := e.noSlack(); reason != "" {
		return skip("%s", reason)
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	ids, workspaces := e.settings.Policy.Groups, e.workspaces()
	groups, err := e.slack.UserGroups(ctx, ids, workspaces)
	switch {
	case err != nil && len(workspaces) == 0 && slackapi.Code(err) != "":
		return skip("the token is an organisation's, and Slack wants a workspace named: linqbot looks in those from which requests come; "+
			"to check them here, name them in SLACK_TEAM_IDS (Slack says %s)", slackapi.Code(err))
	case err != nil && slices.ContainsFunc(ids, func(id string) bool { _, known := groups[id]; return !known }):
		return e.slackTrouble("usergroups.list", err)
	}
	var good, bad []string
	for _, id := range ids {
		switch group, known := groups[id]; {
		case !known:
			bad = append(bad, "there is no user group "+id)
		case group.Disabled:
			bad = append(bad, fmt.Sprintf("@%s (%s) is disabled", group.Handle, id))
		default:
			good = append(good, fmt.Sprintf("@%s (%s)", group.Handle, id))
		}
	}
	if len(bad) > 0 {
		return fail("correct ALLOWED_USERGROUPS: a group's id is in its menu in Slack, «Copy group ID»", "%s", strings.Join(append(bad, good...), "; "))
	}
	return ok("%s", strings.Join(good, ", "))
}

func (e *checkup) checkChannels(ctx context.Context) []finding {
	if reason := e.wrong("ALLOWED_CHANNELS"); reason != "" {
		return skip("%s", reason)
	}
	ids := e.settings.Policy.Channels
	if len(ids) == 0 {
		return skip("ALLOWED_CHANNELS names none, so commands work in all")
	}
	if reason := e.noSlack(); reason != "" {
		return skip("%s", reason)
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	channels := make([]slackapi.Channel, len(ids))
	const concurrency = 8
	var group errgroup.Group
	group.SetLimit(concurrency)
	for i, id := range ids {
		group.Go(func() (err error) {
			channels[i], err = e.slack.Channel(ctx, id)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return e.slackTrouble("conversations.info", err)
	}
	return judgeChannels(ids, channels)
}

func judgeChannels(ids []string, channels []slackapi.Channel) []finding {
	var closed, archived, good []string
	unnamed := false
	for i, channel := range channels {
		name := ids[i]
		if channel.Name != "" {
			name = fmt.Sprintf("#%s (%s)", channel.Name, ids[i])
		}
		unnamed = unnamed || channel.Name == "" && !channel.Closed
		switch {
		case channel.Closed:
			closed = append(closed, name)
		case channel.Archived:
			archived = append(archived, name)
		default:
			good = append(good, name)
		}
	}
	switch found := strings.Join(good, ", "); {
	case len(closed) > 0:
		return fail("correct ALLOWED_CHANNELS, or, in a private channel, type /invite @linqbot",
			"not there, or private and without linqbot: %s; there: %s", strings.Join(closed, ", "), orNone(found))
	case len(archived) > 0:
		return warn("take it off ALLOWED_CHANNELS", "archived: %s; open: %s", strings.Join(archived, ", "), orNone(found))
	case unnamed:
		return ok("%s; their names, and whether one is archived, are not seen without the scope channels:read", found)
	default:
		return ok("%s", found)
	}
}

func orNone(list string) string {
	if list == "" {
		return "none"
	}
	return list
}
