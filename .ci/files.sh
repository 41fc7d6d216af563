# Files that no compiler reads. Sourced by run.
# shellcheck shell=bash

yaml_files() {
    yamllint --strict -d '{extends: default, rules: {line-length: {max: 120}, document-start: disable}}' \
        .golangci.yml .goreleaser.yaml manifests
}

# Caddy itself reads the example and says what it would not take. Unpacked, not installed: the package
# would start a server.
caddyfile() {
    local caddy
    caddy=$(command -v caddy || true)
    if [[ -z $caddy ]]; then
        if ! command -v apt-get >/dev/null; then
            echo "skipped: this needs Caddy"
            return
        fi
        (cd "$tmp" && { download caddy || { apt-get update -qq && download caddy; }; } && dpkg --extract caddy_*.deb caddy)
        caddy=$tmp/caddy/usr/bin/caddy
    fi
    "$caddy" version
    "$caddy" fmt manifests/Caddyfile | diff - manifests/Caddyfile
    HOME=$tmp LINQBOT_HOST=linqbot.example.com "$caddy" validate --adapter caddyfile --config manifests/Caddyfile \
        2>"$tmp/caddy.log" || { cat "$tmp/caddy.log" >&2; return 1; }
}

download() {
    apt-get download -qq -o APT::Sandbox::User="$(id -un)" "$1"
}

dockerfile() {
    "$tmp/npm/node_modules/.bin/dockerfilelint" Dockerfile
}

markdown() {
    cat >"$tmp/.markdownlint-cli2.yaml" <<'CONFIG'
config:
  line-length: false                     # tables and links do not wrap
  no-duplicate-heading: {siblings_only: true} # each release of the changelog has an "Added"
  no-inline-html: false                  # README may need what Markdown lacks
  first-line-heading: false              # a picture may come first
CONFIG
    git ls-files -z --cached --others --exclude-standard -- '*.md' |
        xargs -0 -r "$tmp/npm/node_modules/.bin/markdownlint-cli2" --config "$tmp/.markdownlint-cli2.yaml" --no-globs
}
