package manifests_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"linqbot/bot/ingress"

	"gotest.tools/v3/assert"
)

const caddySite = "{$LINQBOT_HOST} / handle @linqbot / "

// caddyfile reads the directives: each is the path of blocks to it, with its arguments.
func caddyfile(t *testing.T) map[string]string {
	t.Helper()
	content, err := os.ReadFile("Caddyfile")
	assert.NilError(t, err)
	directives := map[string]string{}
	var blocks []string
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		block, opens := strings.CutSuffix(line, "{")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case line == "}":
			assert.Assert(t, len(blocks) > 0)
			blocks = blocks[:len(blocks)-1]
		case opens:
			blocks = append(blocks, strings.TrimSpace(block))
		default:
			name, arguments, _ := strings.Cut(line, " ")
			path := strings.Join(append(slices.Clone(blocks), name), " / ")
			_, twice := directives[path]
			assert.Assert(t, !twice, path)
			directives[path] = arguments
		}
	}
	assert.Equal(t, len(blocks), 0)
	return directives
}

func TestCaddyfileRoutes(t *testing.T) {
	patterns := strings.Fields(caddyfile(t)["{$LINQBOT_HOST} / @linqbot"])
	assert.Assert(t, len(patterns) > 1 && patterns[0] == "path")
	checkRoutes(t, func(to string) bool {
		return slices.ContainsFunc(patterns[1:], func(pattern string) bool {
			prefix, wild := strings.CutSuffix(pattern, "*")
			return to == pattern || wild && strings.HasPrefix(to, prefix)
		})
	})
	assert.Equal(t, caddyfile(t)["{$LINQBOT_HOST} / handle / respond"], "404")
}

// Caddy is not laxer than linqbot, so that what linqbot would end does not come to it.
func TestCaddyfileBounds(t *testing.T) {
	found, server := caddyfile(t), ingress.NewServer("", nil, nil)
	for name, most := range map[string]time.Duration{
		"read_header": server.ReadHeaderTimeout,
		"read_body":   server.ReadTimeout,
		"write":       server.WriteTimeout,
		"idle":        server.IdleTimeout,
	} {
		timeout, err := time.ParseDuration(found[" / servers / timeouts / "+name])
		assert.NilError(t, err, name)
		assert.Assert(t, timeout > 0 && timeout <= most, "%s: %s", name, timeout)
	}
	header, isKiB := strings.CutSuffix(found[" / servers / max_header_size"], "KiB")
	assert.Assert(t, isKiB)
	kilobytes, err := strconv.Atoi(header)
	assert.NilError(t, err)
	assert.Assert(t, kilobytes > 0 && kilobytes<<10 <= server.MaxHeaderBytes)

	proxy := caddySite + "reverse_proxy {$LINQBOT_UPSTREAM:linqbot:" + dockerfile(t, "EXPOSE") + "} / "
	assert.Equal(t, found[caddySite+"request_body / max_size"], "1MiB")
	assert.Equal(t, found[proxy+"unhealthy_request_count"], "256")
}

// Signatures are over the body and some headers. Caddy passes on what it is not told to change.
func TestCaddyfilePassesOnWhatIsSigned(t *testing.T) {
	harmless := []string{
		"request_body / max_size", "unhealthy_request_count", "max_fails", "lb_try_duration", "lb_try_interval",
	}
	for path := range caddyfile(t) {
		if inside, of := strings.CutPrefix(path, caddySite); of {
			assert.Assert(t, slices.ContainsFunc(harmless, func(name string) bool {
				return inside == name || strings.HasPrefix(inside, "reverse_proxy ") && strings.HasSuffix(inside, " / "+name)
			}), "%s is not known to leave the request alone", path)
		}
	}
}

// dockerfile returns what stands behind the last such instruction.
func dockerfile(t *testing.T, instruction string) (value string) {
	t.Helper()
	content, err := os.ReadFile("../Dockerfile")
	assert.NilError(t, err)
	for line := range strings.Lines(string(content)) {
		if found, ok := strings.CutPrefix(line, instruction+" "); ok {
			value = strings.TrimSpace(found)
		}
	}
	assert.Assert(t, value != "", instruction)
	return value
}
