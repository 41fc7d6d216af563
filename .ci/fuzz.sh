#!/usr/bin/env bash
# Every fuzz target for a while: bash .ci/fuzz.sh [TIME, 10s unless given]
# Go leaves an input that fails in the package's testdata/fuzz, and says so.
set -euo pipefail

fuzz_time=${1:-10s}
targets_max=40 # more would take over .ci/run: shorten its fuzz_time then

cd "$(dirname "${BASH_SOURCE[0]}")/.."
binaries=$(mktemp -d)
trap 'rm -rf "$binaries"' EXIT
cache=$(go env GOCACHE)/fuzz

# fuzz PACKAGE FOLDER BINARY NAME takes the target's seeds and the inputs found earlier first. It has one worker,
# since as many targets as there are processors run at once.
fuzz() {
    local log=$3.$4.log status=0
    (cd "$2" && timeout --kill-after=10s "$limit" "$3" -test.run "^$4\$" -test.fuzz "^$4\$" -test.fuzztime "$fuzz_time" \
        -test.parallel 1 -test.fuzzminimizetime 5s -test.fuzzcachedir "$cache/$1") </dev/null >"$log" 2>&1 || status=$?
    printf '%s %s\n%s\n' "$1" "$4" "$(cat "$log")"
    # At the end of -fuzztime Go before 1.27 sometimes takes its own deadline for a failure, and
    # finds no input: go.dev/issue/75804.
    if ((status != 0)) && grep -qE '^ +context deadline exceeded$' "$log" &&
        ! grep -qE 'Failing input|seed corpus entry|panic:' "$log"; then
        echo "$4: no input failed; the deadline is Go's own (go.dev/issue/75804)"
        return
    fi
    return "$status"
}

# A fuzz target that does not end by itself is stopped after this.
limit=0
if [[ $fuzz_time == *[0-9]s ]]; then
    limit=$((${fuzz_time%s} + 300))s
fi

targets=()
packages=0
while read -r package folder; do
    mapfile -t names < <(cat "$folder"/*_test.go 2>/dev/null | sed -nE 's/^func (Fuzz\w+)\(\w+ \*testing\.F\).*/\1/p')
    if ((${#names[@]} == 0)); then
        continue
    fi
    # Built once for all targets of the package. The compiler's flag is the one that "go test -fuzz" sets for each package
    # there is. Here only linqbot's own have it: with the others, such as regexp and SQLite, the time ends before all seeds
    # have had their turn.
    binary=$binaries/$((packages += 1)).test
    go test -c -gcflags=linqbot/...=-d=libfuzzer -o "$binary" "$package"
    for name in "${names[@]}"; do
        targets+=("$package" "$folder" "$binary" "$name")
    done
done < <(go list -f '{{.ImportPath}} {{.Dir}}' ./...)

count=$((${#targets[@]} / 4))
if ((count > targets_max)); then
    echo "more than $targets_max fuzz targets" >&2
    exit 1
fi
((count > 0))
export -f fuzz
export fuzz_time cache limit
# shellcheck disable=SC2016 # the inner shell expands it
printf '%s\0' "${targets[@]}" | xargs --null --max-args=4 --max-procs="$(nproc)" bash -c 'fuzz "$@"' fuzz
echo "$count fuzz targets"
