package check_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/manifests/check"
)

// caddyBound returns the number of a directive that the Caddyfile has once. The Caddyfile itself is held against
// the program by linqbot's own tests.
func caddyBound(t *testing.T, directive, unit string) int64 {
	t.Helper()
	content, err := os.ReadFile("../Caddyfile")
	assert.NilError(t, err)
	found := regexp.MustCompile(`(?m)^\s*`+directive+` (\d+)`+unit+`$`).FindAllSubmatch(content, -1)
	assert.Equal(t, len(found), 1, directive)
	number, err := strconv.ParseInt(string(found[0][1]), 10, 64)
	assert.NilError(t, err)
	return number
}

// checkIngressBounds: each controller whose annotations the example has bounds what it can, as Caddy does.
func checkIngressBounds(t *testing.T, c check.Cluster) {
	t.Helper()
	annotations := c.Ingress.Annotations
	maxMegabytes, maxRequests := caddyBound(t, "max_size", "MiB"), caddyBound(t, "unhealthy_request_count", "")
	assert.Equal(t, annotations["nginx.ingress.kubernetes.io/proxy-body-size"], strconv.FormatInt(maxMegabytes, 10)+"m")
	perClient, err := strconv.ParseInt(annotations["nginx.ingress.kubernetes.io/limit-connections"], 10, 64)
	assert.NilError(t, err)
	assert.Assert(t, perClient > 0 && perClient < maxRequests)

	var named []string
	var body, ofClient, inAll bool
	for _, middleware := range c.Traefik {
		named = append(named, middleware.Namespace+"-"+middleware.Name+"@kubernetescrd")
		if buffering := middleware.Spec.Buffering; buffering != nil {
			body = buffering.MaxRequestBodyBytes == maxMegabytes<<20
		}
		if requests := middleware.Spec.InFlightReq; requests != nil {
			byAddress := requests.SourceCriterion.IPStrategy != nil
			assert.Assert(t, byAddress != requests.SourceCriterion.RequestHost, "Traefik takes one criterion")
			ofClient = ofClient || byAddress && requests.Amount == perClient
			inAll = inAll || !byAddress && requests.Amount == maxRequests
		}
	}
	assert.Assert(t, body && ofClient && inAll, "%t %t %t", body, ofClient, inAll)
	used := strings.Split(annotations["traefik.ingress.kubernetes.io/router.middlewares"], ",")
	assert.DeepEqual(t, used, named)
}
