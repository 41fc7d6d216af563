# Known vulnerabilities in what linqbot calls. Sourced by run.
# shellcheck shell=bash

# govulncheck asks its database, which is not reached from everywhere. VULNERABILITIES=required makes that a
# failure, for where it must be; GOVULNDB names another database, as for "go".
vulnerabilities() {
    local status=0
    GOBIN="$tmp/bin" go install "golang.org/x/vuln/cmd/govulncheck@$govulncheck_version"
    timeout 2m govulncheck -db "${GOVULNDB:-https://vuln.go.dev}" ./... >"$tmp/vulnerabilities" 2>&1 || status=$?
    if ((status == 0)); then
        tail -n 3 "$tmp/vulnerabilities"
    elif [[ ${VULNERABILITIES:-} != required ]] && { ((status == 124)) || grep -q 'fetching vulnerabilities' "$tmp/vulnerabilities"; }; then
        echo "skipped: the database of vulnerabilities is not reached from here"
    else
        cat "$tmp/vulnerabilities" >&2
        return 1
    fi
}
