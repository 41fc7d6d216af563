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

# fuzz PACKAGE FOLDER NAME takes the target's seeds and the inputs found earlier first.
fuzz() {
    local log=$binaries/log
    if (cd "$2" && timeout --kill-after=10s "$limit" "$binaries/fuzz.test" -test.run "^$3\$" -test.fuzz "^$3\$" -test.fuzztime "$fuzz_time" \
        -test.fuzzminimizetime 5s -test.fuzzcachedir "$cache/$1") </dev/null 2>&1 | tee "$log"; then
        return
    fi
    # At the end of -fuzztime Go before 1.27 sometimes takes its own deadline for a failure, and
    # finds no input: go.dev/issue/75804.
    if grep -qE '^ +context deadline exceeded$' "$log" &&
        ! grep -qE 'Failing input|seed corpus entry|panic:' "$log"; then
        echo "$3: no input failed; the deadline is Go's own (go.dev/issue/75804)"
        return
    fi
    return 1
}

# A fuzz target that does not end by itself is stopped after this.
limit=0
if [[ $fuzz_time == *[0-9]s ]]; then
    limit=$((${fuzz_time%s} + 300))s
fi

count=0
while read -r package folder; do
    mapfile -t names < <(cat "$folder"/*_test.go 2>/dev/null | sed -nE 's/^func (Fuzz\w+)\(\w+ \*testing\.F\).*/\1/p')
    if ((${#names[@]} == 0)); then
        continue
    fi
    if (((count += ${#names[@]}) > targets_max)); then
        echo "more than $targets_max fuzz targets" >&2
        exit 1
    fi
    # Built once for all targets of the package, and with the instruments that fuzzing needs.
    go test -c -fuzz . -o "$binaries/fuzz.test" "$package"
    for name in "${names[@]}"; do
        echo "$package $name"
        fuzz "$package" "$folder" "$name"
    done
done < <(go list -f '{{.ImportPath}} {{.Dir}}' ./...)
echo "$count fuzz targets"
((count > 0))
